import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { wasmKernel, wasmKernelConfig, type Attributes } from '../wasm-invoke.js'
import { activated, canActivate } from './activation.js'
import { writeGeometry, type Shape4D } from './geometry.js'
import { heapOf } from './heap.js'

/** Any stride and padding. Dilations and NCHW order go to the kernel that was registered before. */
export const conv2D = () => {
  const before = wasmKernel('Conv2D')
  return wasmKernelConfig('Conv2D', (inputs, attrs, backend) => {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo }
    const info = infoOf(x.shape, filter.shape, attrs)
    return info ? forward({ info, x, filter, relu: false }, backend) : before(inputs, attrs, backend)
  })
}

/** The same with a bias and an activation; those with parameters of their own go to the kernel that was registered before. */
export const fusedConv2D = () => {
  const before = wasmKernel('FusedConv2D')
  return wasmKernelConfig('FusedConv2D', (inputs, attrs, backend) => {
    const { x, filter, bias } = inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo }
    const activation = attrs['activation'] as string
    const info = canActivate(activation) ? infoOf(x.shape, filter.shape, attrs) : undefined
    const fits = bias === undefined || (bias.shape.length === 1 && bias.shape[0] === info?.outChannels)
    if (!info || !fits) return before(inputs, attrs, backend)
    const relu = activation === 'relu' && bias !== undefined
    const out = forward({ info, x, filter, ...(bias ? { bias } : {}), relu }, backend)
    return relu ? out : activated(out, activation, backend)
  })
}

export const conv2DBackpropFilter = () => {
  const before = wasmKernel('Conv2DBackpropFilter')
  return wasmKernelConfig('Conv2DBackpropFilter', (inputs, attrs, backend) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const shape = attrs['filterShape'] as Shape4D
    const info = infoOf(x.shape, shape, attrs)
    if (!info) return before(inputs, attrs, backend)
    const out = backend.makeOutput(shape, 'float32')
    const heap = heapOf(backend)
    const geometry = writeGeometry(heap, info)
    heap.withScratch(heap.kernels.scratchBytes(geometry), (scratch) =>
      heap.kernels.convolveFilterGradient(
        geometry,
        heap.addressOf(x),
        heap.addressOf(dy),
        heap.addressOf(out),
        scratch,
      ),
    )
    return out
  })
}

export const conv2DBackpropInput = () => {
  const before = wasmKernel('Conv2DBackpropInput')
  return wasmKernelConfig('Conv2DBackpropInput', (inputs, attrs, backend) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const shape = attrs['inputShape'] as Shape4D
    const info = infoOf(shape, filter.shape, attrs)
    if (!info) return before(inputs, attrs, backend)
    const out = backend.makeOutput(shape, 'float32')
    const heap = heapOf(backend)
    const geometry = writeGeometry(heap, info)
    heap.withScratch(heap.kernels.scratchBytes(geometry), (scratch) =>
      heap.kernels.convolveInputGradient(
        geometry,
        heap.addressOf(dy),
        heap.addressOf(filter),
        heap.addressOf(out),
        scratch,
      ),
    )
    return out
  })
}

const forward = (
  {
    info,
    x,
    filter,
    bias,
    relu,
  }: {
    readonly info: backend_util.Conv2DInfo
    readonly x: TensorInfo
    readonly filter: TensorInfo
    readonly bias?: TensorInfo
    readonly relu: boolean
  },
  backend: BackendWasm,
): TensorInfo => {
  const out = backend.makeOutput(info.outShape, 'float32')
  const heap = heapOf(backend)
  const geometry = writeGeometry(heap, info)
  heap.withScratch(heap.kernels.scratchBytes(geometry), (scratch) =>
    heap.kernels.convolve(
      geometry,
      heap.addressOf(x),
      heap.addressOf(filter),
      bias ? heap.addressOf(bias) : 0,
      relu ? 1 : 0,
      heap.addressOf(out),
      scratch,
    ),
  )
  return out
}

/** Undefined for what our kernels do not do. */
const infoOf = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Attributes,
): backend_util.Conv2DInfo | undefined => {
  if (attrs['dataFormat'] !== 'NHWC') return undefined
  const dilations = attrs['dilations'] as [number, number] | number | undefined
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attrs['strides'] as [number, number],
    dilations ?? 1,
    attrs['pad'] as 'valid',
    attrs['dimRoundingMode'] as undefined,
  )
  const dense = info.dilationHeight === 1 && info.dilationWidth === 1 && info.inChannels === filterShape[2]
  return dense && info.outHeight > 0 && info.outWidth > 0 ? info : undefined
}
