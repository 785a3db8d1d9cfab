import { z } from 'zod'
import { reasonOf } from '../../protocols/errors.js'
import { limits } from '../../protocols/limits.js'
import { firstDuplicateKey } from './duplicate-keys.js'
import { StoreError } from './errors.js'

/**
 * Bytes of the JSON header. The largest layout that limits.ts allows, 4096 tensors with names of 256 ASCII characters,
 * takes 1.5 MiB and 1.2 MiB more for the kinds. The reference implementation allows 100 MB.
 */
export const HEADER_BYTES_MAX = 4 * 1024 * 1024
export const LENGTH_BYTES = 8
/** The header is padded so that the data starts at a multiple of this. */
export const ALIGNMENT_BYTES = 8
export const FLOAT_BYTES = 4
/** The one key of the header that is no tensor. */
export const METADATA_KEY = '__metadata__'

export interface StoredTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Bytes from the start of the data. */
  readonly begin: number
  readonly end: number
}

export interface SafetensorsHeader {
  /** By offset, without gap or overlap, from the first byte of the data to the last. */
  readonly tensors: readonly StoredTensor[]
  readonly metadata: Readonly<Record<string, string>>
  /** Index of the first byte of data. */
  readonly dataStart: number
}

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const tensorSchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count).max(limits.rankMax),
  data_offsets: z.tuple([count, count]),
})
const metadataSchema = z.record(z.string(), z.string())

/**
 * Reads and checks the header against the length of the file, before anything is allocated for the weights.
 * @throws StoreError TRUNCATED, TOO_LARGE or MALFORMED.
 */
export const readHeader = (bytes: Uint8Array): SafetensorsHeader => {
  const dataStart = LENGTH_BYTES + headerLengthOf(bytes)
  const fields = parseFields(bytes.subarray(LENGTH_BYTES, dataStart))
  const metadata = parse(metadataSchema, fields.get(METADATA_KEY) ?? {}, METADATA_KEY)
  fields.delete(METADATA_KEY)
  if (fields.size === 0 || fields.size > limits.tensorsMax) {
    throw malformed(`it has ${fields.size} tensors; 1 to ${limits.tensorsMax} are allowed`)
  }
  const tensors = [...fields]
    .map(([name, field]) => parseTensor(name, field))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  checkOffsets(tensors, bytes.length - dataStart)
  return { tensors, metadata, dataStart }
}

const headerLengthOf = (bytes: Uint8Array): number => {
  if (bytes.length < LENGTH_BYTES) throw truncated(LENGTH_BYTES, bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES)
  const length = view.getBigUint64(0, true)
  if (length > BigInt(HEADER_BYTES_MAX)) {
    throw new StoreError(
      'TOO_LARGE',
      `its header announces ${length} bytes, at most ${HEADER_BYTES_MAX} are allowed. It may be no safetensors file at all.`,
      { length: length.toString(), max: HEADER_BYTES_MAX },
    )
  }
  const end = LENGTH_BYTES + Number(length)
  if (end > bytes.length) throw truncated(end, bytes.length)
  return Number(length)
}

const parseFields = (bytes: Uint8Array): Map<string, unknown> => {
  let text: string
  let json: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    json = JSON.parse(text)
  } catch (error) {
    throw malformed(`its header is not JSON in UTF-8 (${reasonOf(error).slice(0, 200)})`)
  }
  // The specification wants the brace first and allows padding only after the object.
  if (typeof json !== 'object' || json === null || Array.isArray(json) || !text.startsWith('{')) {
    throw malformed('its header is not a JSON object that starts with a brace')
  }
  const twice = firstDuplicateKey(text)
  if (twice !== null) throw malformed(`its header has the key ${quoted(twice)} twice`)
  return new Map(Object.entries(json))
}

const parseTensor = (name: string, field: unknown): StoredTensor => {
  const { dtype, shape, data_offsets } = parse(tensorSchema, field, name)
  if (dtype !== 'F32')
    throw malformed(`tensor ${quoted(name)} is ${dtype.slice(0, 20)}; only F32 is supported`)
  const [begin, end] = data_offsets
  const bytes = shape.reduce((product, size) => product * size, FLOAT_BYTES)
  // A product beyond 2^53 is rounded, but then also far larger than any file.
  if (bytes !== end - begin) {
    throw malformed(
      `tensor ${quoted(name)} of shape [${shape.join(', ')}] takes ${bytes} bytes, its offsets give it ${end - begin}`,
    )
  }
  return { name, shape, begin, end }
}

/** Every byte of the data belongs to exactly one tensor. */
const checkOffsets = (tensors: readonly StoredTensor[], dataBytes: number): void => {
  let next = 0
  for (const { name, begin, end } of tensors) {
    if (begin !== next) {
      throw malformed(
        `tensor ${quoted(name)} starts at byte ${begin} of the data, ${begin < next ? 'inside the one before it' : 'after a gap'}: expected ${next}`,
      )
    }
    next = end
  }
  if (next > dataBytes) throw truncated(next, dataBytes)
  if (next < dataBytes) throw malformed(`${dataBytes - next} bytes follow the last tensor`)
}

const parse = <T>(schema: z.ZodType<T>, value: unknown, name: string): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw malformed(`${quoted(name)} in its header is wrong: ${z.prettifyError(parsed.error).slice(0, 300)}`)
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 80))

export const malformed = (why: string): StoreError =>
  new StoreError(
    'MALFORMED',
    `not a usable safetensors file: ${why}. Nothing was loaded; use another file.`,
    {
      why,
    },
  )

const truncated = (expected: number, actual: number): StoreError =>
  new StoreError(
    'TRUNCATED',
    `the safetensors file is cut short: ${actual} of ${expected} bytes. Nothing was loaded; copy it again.`,
    { expected, actual },
  )
