import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { wasmKernel } from '../wasm-invoke.js'

/** tfjs's own kernels for the activations that it fuses. */
const KERNELS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  sigmoid: 'Sigmoid',
  elu: 'Elu',
}

/** Not those with parameters of their own: prelu and leakyrelu. */
export const canActivate = (activation: string): boolean => activation === 'linear' || activation in KERNELS

/** What becomes of `x`, which is consumed. */
export const activated = (x: TensorInfo, activation: string, backend: BackendWasm): TensorInfo => {
  const kernel = KERNELS[activation]
  if (!kernel) return x
  const out = wasmKernel(kernel)({ x }, {}, backend)
  backend.disposeData(x.dataId)
  return out
}
