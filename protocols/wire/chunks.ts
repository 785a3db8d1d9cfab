import { WireError } from '../errors.js'
import { limits } from '../limits.js'

export interface ChunkRange {
  /** First byte of the chunk. */
  readonly start: number
  /** Byte after the last. */
  readonly end: number
}

/**
 * Chunks that `byteLength` bytes are cut into; all but the last have `chunkBytes` bytes. No bytes, no chunks.
 * @throws WireError OUT_OF_RANGE when either is not a usable number of bytes.
 */
export const chunkCount = (byteLength: number, chunkBytes: number = limits.chunkBytes): number => {
  if (!Number.isSafeInteger(byteLength) || byteLength < 0) throw outOfRange('byte length', byteLength)
  if (!Number.isSafeInteger(chunkBytes) || chunkBytes < 1) throw outOfRange('chunk size', chunkBytes)
  return Math.ceil(byteLength / chunkBytes)
}

/**
 * The bytes of chunk `index`, counted from 0.
 * @throws WireError OUT_OF_RANGE when there is no such chunk.
 */
export const chunkRange = (
  index: number,
  {
    byteLength,
    chunkBytes = limits.chunkBytes,
  }: { readonly byteLength: number; readonly chunkBytes?: number },
): ChunkRange => {
  const count = chunkCount(byteLength, chunkBytes)
  if (!Number.isSafeInteger(index) || index < 0 || index >= count)
    throw outOfRange(`chunk index of ${count}`, index)
  const start = index * chunkBytes
  return { start, end: Math.min(start + chunkBytes, byteLength) }
}

const outOfRange = (what: string, value: number): WireError =>
  new WireError('OUT_OF_RANGE', `${what} ${value} is out of range`, { value })
