import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './convolution.js'
import { add, identity, sum } from './elementwise.js'
import { heapOf } from './heap.js'
import { batchMatMul, fusedMatMul } from './matmul.js'
import { avgPoolGrad, maxPoolGrad } from './pooling.js'
import { reluGrad } from './relu-gradient.js'

const KERNELS = [
  batchMatMul,
  fusedMatMul,
  conv2D,
  fusedConv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  maxPoolGrad,
  avgPoolGrad,
  reluGrad,
  identity,
  add,
  sum,
]

/** Kernels over the heap of the backend in use. @throws Error as `heapOf` does, and then none is registered. */
export const heapKernels = (): readonly (() => tf.KernelConfig)[] => {
  heapOf(tf.backend() as BackendWasm)
  return KERNELS
}
