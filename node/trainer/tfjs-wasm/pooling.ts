import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import { wasmKernelConfig, type Attributes } from '../wasm-invoke.js'
import { writeGeometry, type Shape4D } from './geometry.js'
import { heapOf } from './heap.js'

export const maxPoolGrad = () =>
  wasmKernelConfig('MaxPoolGrad', (inputs, attrs, backend) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo }
    const dx = backend.makeOutput(input.shape, 'float32')
    const heap = heapOf(backend)
    heap.kernels.maxPoolGradient(
      writeGeometry(heap, infoOf(input, attrs)),
      heap.addressOf(input),
      heap.addressOf(dy),
      heap.addressOf(dx),
    )
    return dx
  })

export const avgPoolGrad = () =>
  wasmKernelConfig('AvgPoolGrad', (inputs, attrs, backend) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo }
    const dx = backend.makeOutput(input.shape, 'float32')
    const heap = heapOf(backend)
    const geometry = writeGeometry(heap, infoOf(input, attrs))
    heap.kernels.averagePoolGradient(geometry, heap.addressOf(dy), heap.addressOf(dx))
    return dx
  })

const infoOf = ({ shape }: TensorInfo, attrs: Attributes): backend_util.Conv2DInfo =>
  backend_util.computePool2DInfo(
    shape as Shape4D,
    attrs['filterSize'] as [number, number],
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as 'valid',
    attrs['dimRoundingMode'] as undefined,
  )
