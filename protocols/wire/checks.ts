/** What every field must satisfy before a message leaves or enters: the codecs are written in these words. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { reasonOf, WireError } from '../errors.js'
import { limits } from '../limits.js'
import { DIGEST_BYTES } from './digest-tree.js'

/** Bounds of single fields that only the wire knows. */
export const fieldLimits = {
  /** Characters of a peer id: 52 for Ed25519, with room for other keys. */
  peerIdCharactersMax: 128,
  /** Characters of a merge id. */
  mergeIdCharactersMax: 128,
  /** Characters of what tells a process from its successor. */
  sessionCharactersMax: 64,
  /** Numbers that a push-sum merge compares estimates by: 9, with room for more. */
  consensusValuesMax: 16,
  /** Bytes of a signature: 64 for Ed25519, with room for other keys. */
  signatureBytesMax: 512,
  /** Characters of a refusal's code and of its explanation. */
  codeCharactersMax: 32,
  messageCharactersMax: 512,
  /** Bytes of a run configuration: half of a control frame, so that members fit beside it. */
  configurationBytesMax: limits.controlFrameBytesMax / 2,
  /** Bytes of a status report. */
  statusBytesMax: limits.controlFrameBytesMax - 64,
} as const

/** @throws WireError MALFORMED */
export const malformed = (what: string, details: Record<string, unknown> = {}): WireError =>
  new WireError('MALFORMED', `malformed message: ${what}; nothing was changed`, details)

/** @throws WireError OUT_OF_RANGE */
const outOfRange = (name: string, value: unknown): WireError =>
  new WireError('OUT_OF_RANGE', `malformed message: ${name} is out of range; nothing was changed`, {
    name,
    value,
  })

/** An integer between `min` and `max`, both included. */
export const integer = (
  name: string,
  value: number,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {},
): number => {
  if (!Number.isSafeInteger(value) || value < min || value > max) throw outOfRange(name, value)
  return value
}

/** A finite number of at least `min`. */
export const finite = (
  name: string,
  value: number,
  { min = -Infinity }: { readonly min?: number } = {},
): number => optionalNumber(name, value, { min })!

/** A finite number between `min` and `max`, or null when absent. */
export const optionalNumber = (
  name: string,
  value: number | null | undefined,
  { min = -Infinity, max = Infinity }: { readonly min?: number; readonly max?: number } = {},
): number | null => {
  if (value === undefined || value === null) return null
  if (!Number.isFinite(value))
    throw new WireError('NOT_FINITE', `malformed message: ${name} is not finite`, { name })
  if (value < min || value > max) throw outOfRange(name, value)
  return value
}

/** Control characters, and those that turn text around: a name must not write to the terminal that shows it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u

/** Text of at most `max` UTF-16 code units, without control characters or half surrogate pairs. */
export const text = (name: string, value: string, max: number): string => {
  if (value.length > max) throw outOfRange(name, value.length)
  if (UNPRINTABLE.test(value)) throw malformed(`${name} holds control characters`, { name })
  return value
}

const VISIBLE_ASCII = /^[\x21-\x7e]+$/

/** A non-empty identifier of visible ASCII. */
export const identifier = (name: string, value: string, max: number): string => {
  if (value.length > max) throw outOfRange(name, value.length)
  if (!VISIBLE_ASCII.test(value)) throw malformed(`${name} is not an identifier`, { name })
  return value
}

export const peerId = (value: string): string => identifier('peer id', value, fieldLimits.peerIdCharactersMax)

/** Peer ids, none twice. */
export const peerIds = (name: string, values: readonly string[]): string[] => {
  if (values.length > limits.membersMax) throw outOfRange(name, values.length)
  if (new Set(values).size !== values.length) throw malformed(`${name} names a peer twice`, { name })
  return values.map(peerId)
}

export const addresses = (values: readonly string[]): string[] => {
  if (values.length > limits.addressesMax) throw outOfRange('addresses', values.length)
  return values.map((value) => identifier('address', value, limits.addressCharactersMax))
}

/** Bytes of at most `max`. Returns what it was given: a view of the frame when decoding. */
export const bytesUpTo = (name: string, value: Uint8Array, max: number): Uint8Array => {
  if (value.byteLength > max) throw outOfRange(name, value.byteLength)
  return value
}

/** A digest from its 32 bytes. */
export const digestFromBytes = (name: string, value: Uint8Array): string => {
  if (value.byteLength !== DIGEST_BYTES)
    throw malformed(`${name} is not 32 bytes`, { bytes: value.byteLength })
  return bytesToHex(value)
}

const HEX_DIGEST = /^[0-9a-f]{64}$/

/** The 32 bytes of a digest given as 64 lower-case hex digits. */
export const digestToBytes = (name: string, value: string): Uint8Array<ArrayBuffer> => {
  if (!HEX_DIGEST.test(value))
    throw malformed(`${name} is not 64 lower-case hex digits`, { value: value.slice(0, 80) })
  return hexToBytes(value)
}

/** Bytes that the generated encoder accepts as its own. They are only read. */
export const borrowed = (value: Uint8Array): Uint8Array<ArrayBuffer> => value as Uint8Array<ArrayBuffer>

/** @throws WireError FRAME_TOO_LARGE */
export const assertFits = (byteLength: number, max: number): void => {
  if (byteLength > max) {
    throw new WireError(
      'FRAME_TOO_LARGE',
      `a frame of ${byteLength} bytes exceeds the ${max} allowed; it was dropped`,
      {
        bytes: byteLength,
        max,
      },
    )
  }
}

/**
 * Decodes and checks one frame. Size comes first, then structure, then every field.
 * @throws WireError and nothing else.
 */
export const decodeFrame = <Frame, Message>(
  bytes: Uint8Array,
  {
    max,
    decode,
    check,
  }: {
    readonly max: number
    readonly decode: (b: Uint8Array) => Frame
    readonly check: (f: Frame) => Message
  },
): Message => {
  assertFits(bytes.byteLength, max)
  try {
    return check(decode(bytes))
  } catch (error) {
    if (error instanceof WireError) throw error
    throw new WireError(
      'MALFORMED',
      `malformed message: ${reasonOf(error)}; nothing was changed`,
      {},
      { cause: error },
    )
  }
}

/**
 * Encodes a frame and proves that the other side will accept it: a peer must never send what others have to refuse,
 * since they would hold it against the peer.
 * @throws WireError when a field is out of its bounds: a mistake of the caller.
 */
export const encodeFrame = (bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): Uint8Array => {
  decode(bytes)
  return bytes
}
