/**
 * Kernels on the heap of tfjs's WebAssembly backend. That heap holds tfjs's own constants from its bottom on, so this module may have no
 * data of its own: test/trainer/wasm-heap.test.ts sees to it.
 */
export { multiply, multiplyLeftTransposed, multiplyRightTransposed } from './linear/gemm'
export { PACKED_BYTES, multiplyPacked } from './linear/packed'
export { transpose } from './linear/transpose'
export { convolve, convolveFilterGradient } from './linear/convolution'
export { convolveInputGradient } from './linear/input-gradient'
export { scratchBytes } from './linear/geometry'
export { averagePoolGradient, maxPoolGradient } from './pooling/gradients'
export { addBias } from './training/rows'
export { addRows, reluGradient, sumRows } from './tfjs/rows'
export { adapt, descend, lossOfSoftmax } from './tfjs/step'
