import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { TrainerError } from './errors.js'

export type Attributes = Readonly<Record<string, unknown>>
export type Inputs = Readonly<Record<string, TensorInfo>>

/** Calls one wasm kernel from inside another: no tape, no tensor bookkeeping. The caller disposes the result's data. */
export type Invoke = (inputs: Inputs, attrs: Attributes, backend: BackendWasm) => TensorInfo

/** The kernel as tfjs registered it. @throws TrainerError NO_BACKEND when this tfjs has none. */
export const wasmKernel = (name: string): Invoke => {
  const kernelFunc = getKernel(name, 'wasm')?.kernelFunc
  if (!kernelFunc) throw new TrainerError('NO_BACKEND', `this tfjs has no wasm kernel ${name}`, { name })
  return (inputs, attrs, backend) =>
    kernelFunc({ inputs, attrs, backend } as Parameters<KernelFunc>[0]) as TensorInfo
}

/** A kernel configuration in terms of typed parts. */
export const wasmKernelConfig = (kernelName: string, invoke: Invoke) => ({
  kernelName,
  backendName: 'wasm',
  kernelFunc: (({ inputs, attrs, backend }) =>
    invoke(inputs as Inputs, attrs as Attributes, backend as BackendWasm)) as KernelFunc,
})

/** Collects intermediate results so that one call frees them all. */
export const scratch = (backend: BackendWasm) => {
  const held: TensorInfo[] = []
  return {
    hold: (tensor: TensorInfo): TensorInfo => {
      held.push(tensor)
      return tensor
    },
    free: (): void => {
      for (const { dataId } of held) backend.disposeData(dataId)
    },
  }
}
