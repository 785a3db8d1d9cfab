import type { Kernels } from './contract.js'
import { codecReference } from './reference/codecs.js'
import { mixingReference } from './reference/mixing.js'
import { sketchReference } from './reference/sketches.js'
import { vectorReference } from './reference/vectors.js'

export { CHUNK_MAX, MOMENTS_BLOCK, SUM_BLOCK } from './blocks.js'
export type {
  CodecKernels,
  Int8Chunks,
  KernelMoments,
  Kernels,
  MixingKernels,
  SketchKernels,
  VectorKernels,
  WeightedInputs,
} from './contract.js'

/** All kernels in plain TypeScript. What others must compute, to the bit. */
export const referenceKernels: Kernels = {
  ...mixingReference,
  ...vectorReference,
  ...codecReference,
  ...sketchReference,
}
