import { stat, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, gunzip as gunzipCallback, gunzipSync } from 'node:zlib'
import { reasonOf } from '../../protocols/errors.js'
import { DatasetError } from './errors.js'

const gunzip = promisify(gunzipCallback)

/** Bytes of one IDX file, before and after decompression. EMNIST's largest file has 548 MB. */
export const IDX_FILE_BYTES_MAX = 1024 ** 3

/** Compressed bytes that surely hold a header, and at most 1032 times as many when inflated: deflate's best ratio. */
const PEEK_BYTES = 1024

/** The type code of unsigned bytes, the only one that image sets use. */
const UNSIGNED_BYTE = 0x08

/** One IDX file: the format at the end of http://yann.lecun.com/exdb/mnist/. */
export interface IdxArray {
  /** Sizes of the dimensions, outermost first. */
  readonly dims: readonly number[]
  /** Product of dims bytes, row-major. The caller owns it. */
  readonly bytes: Uint8Array
}

/**
 * Reads a file of unsigned bytes with `rank` dimensions, decompressing names that end in .gz. The header is checked
 * before anything of the size that it claims is allocated, and decompression stops one byte past that size.
 * Throws DatasetError NOT_FOUND, UNREADABLE, TRUNCATED or MALFORMED.
 */
export const readIdx = async (file: string, rank: number): Promise<IdxArray> => {
  const stored = await readBounded(file)
  const zipped = file.endsWith('.gz')
  const header = zipped ? inflateStart(file, stored) : stored
  const dims = parseHeader(file, header, rank)
  const start = headerBytes(rank)
  const size = start + dims.reduce((product, dim) => product * dim, 1)
  if (size > IDX_FILE_BYTES_MAX)
    throw malformed(file, `claims ${dims.join(' × ')} bytes; the most read is ${IDX_FILE_BYTES_MAX}`, {
      dims,
    })
  const content = zipped ? await inflate(file, stored, size) : stored
  if (content.length < size) throw truncated(file, { expected: size, found: content.length })
  if (content.length > size)
    throw malformed(file, `has ${content.length - size} bytes after its ${dims.join(' × ')} bytes`, {
      expected: size,
      found: content.length,
    })
  return { dims, bytes: content.subarray(start) }
}

const headerBytes = (rank: number): number => 4 + 4 * rank

const readBounded = async (file: string): Promise<Buffer> => {
  try {
    const { size } = await stat(file)
    if (size > IDX_FILE_BYTES_MAX)
      throw malformed(file, `has ${size} bytes; the most read is ${IDX_FILE_BYTES_MAX}`, { found: size })
    return await readFile(file)
  } catch (error) {
    if (error instanceof DatasetError) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new DatasetError(
      missing ? 'NOT_FOUND' : 'UNREADABLE',
      missing
        ? `There is no ${file}. Nothing was loaded. Check the folder's name.`
        : `Reading ${file} failed: ${reasonOf(error)}. Nothing was loaded. Check that it is a file you may read.`,
      { file },
      { cause: error },
    )
  }
}

const parseHeader = (file: string, content: Uint8Array, rank: number): number[] => {
  const start = headerBytes(rank)
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  // The magic first: a file of another kind is best named as such, however short it is.
  if (content.length >= 4) {
    const magic = view.getUint32(0)
    const expected = (UNSIGNED_BYTE << 8) | rank
    if (magic !== expected)
      throw malformed(
        file,
        `starts with ${hex(magic)} where unsigned bytes in ${rank} dimensions have ${hex(expected)}`,
        { magic, expected },
      )
  }
  if (content.length < start) throw truncated(file, { expected: start, found: content.length })
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  if (dims.includes(0)) throw malformed(file, `is empty: its dimensions are ${dims.join(' × ')}`, { dims })
  return dims
}

/** The first bytes of the content, enough for a header unless the content is shorter. */
const inflateStart = (file: string, stored: Buffer): Buffer => {
  try {
    return gunzipSync(stored.subarray(0, PEEK_BYTES), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (error) {
    throw badGzip(file, error)
  }
}

const inflate = async (file: string, stored: Buffer, size: number): Promise<Buffer> => {
  try {
    return await gunzip(stored, { maxOutputLength: size })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw malformed(file, `goes on after the ${size} bytes that its header announces`, { expected: size })
    // zlib's word for an input that stops in the middle.
    if (code === 'Z_BUF_ERROR') throw truncated(file, { expected: size, storedBytes: stored.length })
    throw badGzip(file, error)
  }
}

const badGzip = (file: string, cause: unknown): DatasetError =>
  malformed(file, `is not valid gzip (${reasonOf(cause)})`, {}, { cause })

const malformed = (
  file: string,
  what: string,
  details: Readonly<Record<string, unknown>>,
  options?: ErrorOptions,
): DatasetError =>
  new DatasetError(
    'MALFORMED',
    `${file} ${what}. Nothing was loaded. Replace it with an intact IDX file.`,
    { file, ...details },
    options,
  )

const truncated = (file: string, details: Readonly<Record<string, number>>): DatasetError =>
  new DatasetError(
    'TRUNCATED',
    `${file} ends too early: its header announces ${details.expected} bytes` +
      `${details.found === undefined ? '' : ` and ${details.found} are there`}. Nothing was loaded. Copy or download it again.`,
    { file, ...details },
  )

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`
