import { WireError } from '../../../errors.js'
import { firstNonFinite, type Layout } from '../../../model/index.js'
import { chunkCount, chunkRange, decodeFloat32Into, FLOAT32_BYTES } from '../../../wire/index.js'
import { sketchOf } from './sketch.js'

/** How the models of a merge are cut: all alike, into chunks of equal length but the last. */
export interface Chunking {
  /** Chunks of a model. */
  readonly count: number
  /** Index of the first element of a chunk. */
  firstOf(chunk: number): number
  /** A part of a vector of the layout: a view. */
  viewOf(weights: Float32Array, chunk: number): Float32Array
  /** A copy. Undefined for bytes of another length, or that hold NaN or infinity. */
  decode(chunk: number, data: Uint8Array): Float32Array | undefined
  /** The number that stands for a chunk's elements, by a seed: see `sketch.ts`. */
  sketch(seed: number, elements: Float32Array, chunk: number): number
}

/** @param chunkBytes a multiple of 4. */
export const createChunking = (layout: Layout, chunkBytes: number): Chunking => {
  const byteLength = layout.length * FLOAT32_BYTES
  const rangeOf = (chunk: number) => chunkRange(chunk, { byteLength, chunkBytes })
  const firstOf = (chunk: number): number => rangeOf(chunk).start / FLOAT32_BYTES
  return {
    count: chunkCount(byteLength, chunkBytes),
    firstOf,
    viewOf: (weights, chunk) => weights.subarray(firstOf(chunk), rangeOf(chunk).end / FLOAT32_BYTES),
    decode(chunk, data) {
      const { start, end } = rangeOf(chunk)
      if (data.byteLength !== end - start) return undefined
      const floats = new Float32Array(data.byteLength / FLOAT32_BYTES)
      try {
        decodeFloat32Into(data, floats, 0)
      } catch (error) {
        if (error instanceof WireError) return undefined
        throw error
      }
      return firstNonFinite(floats) < 0 ? floats : undefined
    },
    sketch: (seed, elements, chunk) => sketchOf(seed, elements, firstOf(chunk)),
  }
}
