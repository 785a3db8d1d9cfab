/**
 * The bytes of top-k:
 *
 *     flags     1 byte   1: changes, else a whole model; 2: values are float32, else halves
 *     checksum  4 bytes  of the model that the reader ends up with
 *     and of changes:
 *     base      varint   version that they apply to
 *     count     varint
 *     gaps      varints  elements left out before each changed one
 *     then
 *     values    of the changed elements, or of all: the lowest bytes of all values, then the next of all, 2 or 4 in all
 *
 * Bytes of one significance lie together because an entropy stage then makes fewer of them: those with the exponents are
 * alike. Integers have their least significant byte first. Gaps make indices that are unordered or twice there
 * impossible to write.
 */
import { FLOAT32_BYTES, encodeFloat32 } from '../wire/float32.js'
import { checksumOf } from './checksum.js'
import { assertLength, malformed, truncated } from './failures.js'
import { readFloat32 } from './float32.js'
import { readHalves, writeHalves } from './float16.js'
import { HALF_BYTES } from './half.js'

const CHANGES = 1
const WIDE = 2
const PREFIX_BYTES = 5

/** Bytes of a whole model: the longest encoding there is. */
export const wholeBytes = (length: number, { wide }: { readonly wide: boolean }): number =>
  PREFIX_BYTES + length * bytesPerValue(wide)

/** Bytes of so many changes where all numbers are small: never more than `writeChanges` takes. */
export const changesBytesMin = (count: number, { wide }: { readonly wide: boolean }): number =>
  PREFIX_BYTES + 2 + count * (1 + bytesPerValue(wide))

const bytesPerValue = (wide: boolean): number => (wide ? FLOAT32_BYTES : HALF_BYTES)

/** @param wide whether the values are no halves. */
export const writeWhole = (model: Float32Array, wide: boolean): Uint8Array => {
  const bytes = new Uint8Array(wholeBytes(model.length, { wide }))
  writePrefix(bytes, wide ? WIDE : 0, model)
  writeValues(model, wide, bytes.subarray(PREFIX_BYTES))
  return bytes
}

export interface Changes {
  /** Version of the model that they apply to. */
  readonly base: number
  /** Ascending. */
  readonly indices: Uint32Array
  readonly wide: boolean
}

/** @param model as it is with the changes. */
export const writeChanges = (model: Float32Array, { base, indices, wide }: Changes): Uint8Array => {
  let headBytes = PREFIX_BYTES + varintBytes(base) + varintBytes(indices.length)
  let next = 0
  for (const index of indices) {
    headBytes += varintBytes(index - next)
    next = index + 1
  }
  const bytes = new Uint8Array(headBytes + indices.length * bytesPerValue(wide))
  writePrefix(bytes, wide ? CHANGES | WIDE : CHANGES, model)
  let at = putVarint(bytes, PREFIX_BYTES, base)
  at = putVarint(bytes, at, indices.length)
  const values = new Float32Array(indices.length)
  next = 0
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    at = putVarint(bytes, at, index - next)
    next = index + 1
    values[i] = model[index]!
  }
  writeValues(values, wide, bytes.subarray(at))
  return bytes
}

const varintBytes = (value: number): number => {
  let count = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count += 1
  return count
}

/** `varint`, without an array for each. @returns where the next byte goes. */
const putVarint = (bytes: Uint8Array, start: number, value: number): number => {
  let at = start
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80
  bytes[at++] = rest
  return at
}

const writePrefix = (bytes: Uint8Array, flags: number, model: Float32Array): void => {
  bytes[0] = flags
  new DataView(bytes.buffer).setUint32(1, checksumOf(model), true)
}

const writeValues = (values: Float32Array, wide: boolean, out: Uint8Array): void => {
  const each = bytesPerValue(wide)
  const bytes = wide ? encodeFloat32(values) : new Uint8Array(values.length * each)
  if (!wide) writeHalves(values, { from: 0, to: values.length, shift: 0 }, bytes)
  for (let i = 0; i < values.length; i++) {
    for (let k = 0; k < each; k++) out[k * values.length + i] = bytes[i * each + k]!
  }
}

/** What was read; the checksum is for whoever has the result. */
export type Frame =
  | { readonly type: 'whole'; readonly checksum: number; readonly values: Float32Array<ArrayBuffer> }
  | {
      readonly type: 'changes'
      readonly checksum: number
      readonly base: number
      readonly indices: Uint32Array
      readonly values: Float32Array
    }

/** @param length weights of the model. @throws CodecError and nothing else. */
export const readFrame = (bytes: Uint8Array, length: number): Frame => {
  if (bytes.byteLength < PREFIX_BYTES) throw truncated(bytes.byteLength, PREFIX_BYTES)
  const flags = bytes[0]!
  if (flags > (CHANGES | WIDE)) throw malformed(`unknown flags ${flags}`, { flags })
  const checksum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true)
  const wide = (flags & WIDE) !== 0
  if ((flags & CHANGES) === 0) {
    assertLength(bytes, wholeBytes(length, { wide }))
    return { type: 'whole', checksum, values: readValues(bytes.subarray(PREFIX_BYTES), length, wide) }
  }
  const reader = createReader(bytes, PREFIX_BYTES)
  const base = reader.integer()
  const count = reader.integer()
  // A gap has a byte at least: nothing is set aside for more than the bytes can hold.
  const most = Math.min(length, reader.left / (1 + bytesPerValue(wide)))
  if (count > most) throw malformed(`${count} changes, at most ${Math.floor(most)} are possible`, { count })
  const indices = new Uint32Array(count)
  let next = 0
  for (let i = 0; i < count; i++) {
    const index = next + reader.integer()
    if (index >= length) throw malformed(`weight ${index} of ${length} has changed`, { index, length })
    indices[i] = index
    next = index + 1
  }
  assertLength(bytes, bytes.byteLength - reader.left + count * bytesPerValue(wide))
  const values = readValues(bytes.subarray(bytes.byteLength - reader.left), count, wide)
  return { type: 'changes', checksum, base, indices, values }
}

const readValues = (planes: Uint8Array, count: number, wide: boolean): Float32Array<ArrayBuffer> => {
  const each = bytesPerValue(wide)
  const bytes = new Uint8Array(planes.byteLength)
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < each; k++) bytes[i * each + k] = planes[k * count + i]!
  }
  const values = new Float32Array(count)
  if (wide) readFloat32(bytes, values)
  else readHalves(bytes, { from: 0, to: count, shift: 0 }, values)
  return values
}

/** Reads varints in their shortest form, safe integers only. */
const createReader = (bytes: Uint8Array, start: number) => {
  let at = start
  return {
    get left() {
      return bytes.byteLength - at
    },
    integer(): number {
      let value = 0
      for (let unit = 1; ; unit *= 0x80) {
        if (at >= bytes.byteLength) throw truncated(bytes.byteLength, at + 1)
        const byte = bytes[at++]!
        value += (byte & 0x7f) * unit
        if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number beyond 2^53')
        if (byte >= 0x80) continue
        if (byte === 0 && unit > 1) throw malformed('a number with needless bytes')
        return value
      }
    },
  }
}
