import { registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core'
import { reasonOf } from '../../protocols/errors.js'
import { useReluGradient } from './tfjs-wasm/relu-gradient.js'
import { heapKernels } from './tfjs-wasm/register.js'
import { conv2DBackpropFilter, conv2DBackpropInput } from './wasm-conv-gradients.js'
import { batchMatMul } from './wasm-matmul.js'
import { maxPoolGrad } from './wasm-pool-gradients.js'

/**
 * Gives tfjs 4.22's wasm backend what it lacks for training, or has only in a form too slow for it. Call when the backend is in
 * use; only the first call in a thread does anything.
 * @returns why our own kernels could not be used, and compositions of tfjs's are; undefined when all is well.
 */
export const registerWasmKernels = (): string | undefined => {
  if (outcome) return outcome.problem
  registerCompositions()
  outcome = { problem: tryHeapKernels() }
  return outcome.problem
}

/** Kernels wrap what they replace: registered twice, they would wrap themselves. */
let outcome: { readonly problem: string | undefined } | undefined

/**
 * Gradients composed of tfjs's own kernels and plain loops: three to six times as fast as what tfjs has, and
 * Conv2DBackpropFilter, which it lacks. What training falls back to where the heap cannot be had.
 */
export const registerCompositions = (): void =>
  register([conv2DBackpropFilter, conv2DBackpropInput, maxPoolGrad, batchMatMul])

/** Undefined when they are registered, else the reason why they are not. */
const tryHeapKernels = (): string | undefined => {
  try {
    register(heapKernels())
  } catch (error) {
    return reasonOf(error)
  }
  useReluGradient()
  return undefined
}

const register = (kernels: readonly (() => KernelConfig)[]): void => {
  for (const build of kernels) {
    const config = build()
    unregister(config.kernelName)
    registerKernel(config)
  }
}

/** Registering over a kernel that exists prints a warning. */
const unregister = (name: string): void => {
  try {
    unregisterKernel(name, 'wasm')
  } catch {
    // There was none.
  }
}
