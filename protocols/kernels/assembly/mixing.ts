/**
 * What mixing and codecs do to many floats. Pointers are addresses in the shared memory and need the alignment of their
 * elements only; lengths are in elements; nothing here keeps state or has data of its own. What each function computes, to
 * the bit, is written in protocols/kernels/contract.ts.
 */
export { accumulateFloat16, dequantiseFloat16, quantiseFloat16 } from './mixing/float16'
export { accumulateInt8, dequantiseInt8, quantiseInt8 } from './mixing/int8'
export { advance, rescale } from './mixing/rescale'
export { sketch, sketchTolerance } from './mixing/sketches'
export { weightedSum } from './mixing/sum'
export { weightedSumWithMoments } from './mixing/sum-with-moments'
export { countDigits, gatherAbove } from './mixing/top-k'
export { trimmedMean } from './mixing/trimmed-mean'
export { axpy, clip, copy, dot, firstNonFinite, squaredDistance } from './mixing/vectors'
