import { WireError } from '../../../errors.js'
import type { VectorKernels, SketchKernels } from '../../../kernels/index.js'
import type { Layout } from '../../../model/index.js'
import { chunkCount, chunkRange, decodeFloat32Into, FLOAT32_BYTES } from '../../../wire/index.js'

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
  /**
   * One number that stands for a chunk's elements, by a seed that whoever made them did not know: Σ r_j·x_j with random r_j. A
   * weighted sum of models has the weighted sum of their sketches, so a wrong average shows without a look at the models
   * (Freivalds 1979, for products of matrices). Floats, so only up to rounding.
   */
  sketch(seed: number, elements: Float32Array, chunk: number): number
  /** How far the sketch of a right average may lie from that of the models, by rounding to float32 alone. */
  tolerance(seed: number, average: Float32Array, chunk: number): number
}

/** What a merge computes of many floats at once. */
export type MergeKernels = SketchKernels & Pick<VectorKernels, 'firstNonFinite'>

/** @param chunkBytes a multiple of 4. */
export const createChunking = (
  layout: Layout,
  { chunkBytes, kernels }: { readonly chunkBytes: number; readonly kernels: MergeKernels },
): Chunking => {
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
      return kernels.firstNonFinite(floats) < 0 ? floats : undefined
    },
    sketch: (seed, elements, chunk) => kernels.sketch(seed, elements, firstOf(chunk)),
    tolerance: (seed, average, chunk) => kernels.sketchTolerance(seed, average, firstOf(chunk)),
  }
}
