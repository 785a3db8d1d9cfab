import { registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core'
import { conv2DBackpropFilter, conv2DBackpropInput } from './wasm-conv-gradients.js'
import { batchMatMul } from './wasm-matmul.js'
import { maxPoolGrad } from './wasm-pool-gradients.js'

/**
 * Registers what tfjs 4.22's wasm backend lacks for training, or has only in a form too slow for it. Call before
 * the backend is used; only the first call in a thread does anything. Measured for a batch of 32 with `cnn` or `mlp:128` on 28×28 (one core, `scripts/trainer-speed.ts`
 * shows the sum):
 *
 * | kernel               | tfjs                                   | here                                     |
 * |----------------------|----------------------------------------|------------------------------------------|
 * | Conv2DBackpropFilter | missing, so no convolution can train   | composed from transpose and conv2d, 1.5 ms |
 * | Conv2DBackpropInput  | a plain loop, 10 ms                    | conv2d with the turned filter, 1.4 ms (stride 1) |
 * | MaxPoolGrad          | a plain loop, 5.3 ms                   | a loop along the channels, 1 ms each      |
 * | BatchMatMul          | a plain loop when transposed, 1.9 ms   | transposes first, 0.2 ms                 |
 */
export const registerWasmKernels = (): void => {
  if (registered) return
  registered = true
  for (const build of [conv2DBackpropFilter, conv2DBackpropInput, maxPoolGrad, batchMatMul]) {
    const config: KernelConfig = build()
    unregister(config.kernelName)
    registerKernel(config)
  }
}

/** Some of the kernels wrap what they replace: registered twice, they would wrap themselves. */
let registered = false

/** Registering over a kernel that exists prints a warning. */
const unregister = (name: string): void => {
  try {
    unregisterKernel(name, 'wasm')
  } catch {
    // There was none.
  }
}
