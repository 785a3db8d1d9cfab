import { limits } from '../limits.js'

/** Chunks that a model is cut into, about. Guess: enough to share evenly among 32 members, few enough to ask for one by one. */
const CHUNKS_WANTED = 256
/** Bytes. Guess: a request and its answer's frame weigh a few percent of this. */
const CHUNK_BYTES_MIN = 1024

/**
 * Bytes of the chunks in which a model of this size is merged: a power of two, the same for every peer of a run.
 * Smaller than those in which snapshots travel, because every member averages as many as another.
 * @param bytes of the encoded weights.
 */
export const mergeChunkBytes = (bytes: number): number => {
  let chunkBytes = CHUNK_BYTES_MIN
  while (chunkBytes < limits.chunkBytes && chunkBytes * CHUNKS_WANTED < bytes) chunkBytes *= 2
  return chunkBytes
}
