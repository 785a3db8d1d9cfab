import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import { TrainerError } from './errors.js'
import { scratch, wasmKernel, wasmKernelConfig, type Attributes } from './wasm-invoke.js'

type Shape4D = [number, number, number, number]

/**
 * The gradient of a convolution with respect to its filter, itself written as one convolution:
 *   dW[kh,kw,ci,co] = Σ_{n,oh,ow} x[n, oh·s+kh−p, ow·s+kw−p, ci] · dy[n,oh,ow,co]
 * is the convolution of x, with images and channels swapped, by dy as a filter of OH×OW taps that lie s apart (the
 * forward stride becomes a dilation) over the images as input channels. Runs on XNNPACK like the forward pass.
 */
export const conv2DBackpropFilter = () => {
  const transpose = wasmKernel('Transpose')
  const conv2D = wasmKernel('Conv2D')
  const slice = wasmKernel('Slice')
  return wasmKernelConfig('Conv2DBackpropFilter', (inputs, attrs, backend) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const filterShape = attrs['filterShape'] as Shape4D
    const info = convInfo(x.shape as Shape4D, filterShape, attrs)
    const { top, bottom, left, right } = info.padInfo
    const { hold, free } = scratch(backend)
    const permuted = (tensor: TensorInfo, perm: number[]): TensorInfo =>
      hold(transpose({ x: tensor }, { perm }, backend))

    const swapped = permuted(x, [3, 1, 2, 0]) // [Cin, H, W, N]
    const taps = permuted(dy, [1, 2, 0, 3]) // [OH, OW, N, Cout]
    const whole = hold(
      conv2D(
        { x: swapped, filter: taps },
        {
          strides: [1, 1],
          dilations: [info.strideHeight, info.strideWidth],
          pad: pads(top, bottom, left, right),
          dataFormat: 'NHWC',
        },
        backend,
      ),
    )
    // Rows that the forward stride never reached give more offsets than the filter has taps.
    const [kernelHeight, kernelWidth, inputs_, outputs] = filterShape
    const size = [inputs_, kernelHeight, kernelWidth, outputs]
    const exact = whole.shape.every((length, axis) => length === size[axis])
    const gradient = exact ? whole : hold(slice({ x: whole }, { begin: [0, 0, 0, 0], size }, backend))
    const result = transpose({ x: gradient }, { perm: [1, 2, 0, 3] }, backend)
    free()
    return result
  })
}

/**
 * The gradient of a convolution with respect to its input. For stride 1: dy, padded all around, convolved with the
 * filter turned by 180° and its channels swapped. Other strides go to tfjs's own loop.
 */
export const conv2DBackpropInput = () => {
  const transpose = wasmKernel('Transpose')
  const reverse = wasmKernel('Reverse')
  const conv2D = wasmKernel('Conv2D')
  const original = wasmKernel('Conv2DBackpropInput')
  return wasmKernelConfig('Conv2DBackpropInput', (inputs, attrs, backend) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const info = convInfo(attrs['inputShape'] as Shape4D, filter.shape as Shape4D, attrs)
    const { top, bottom, left, right } = info.padInfo
    const rows = info.filterHeight - 1
    const columns = info.filterWidth - 1
    const paddable = Math.max(top, bottom) <= rows && Math.max(left, right) <= columns
    if (info.strideHeight !== 1 || info.strideWidth !== 1 || !paddable)
      return original(inputs, attrs, backend)

    const { hold, free } = scratch(backend)
    const turned = hold(reverse({ x: filter }, { dims: [0, 1] }, backend))
    const swapped = hold(transpose({ x: turned }, { perm: [0, 1, 3, 2] }, backend))
    const result = conv2D(
      { x: dy, filter: swapped },
      {
        strides: [1, 1],
        dilations: [1, 1],
        pad: pads(rows - top, rows - bottom, columns - left, columns - right),
        dataFormat: 'NHWC',
      },
      backend,
    )
    free()
    return result
  })
}

const pads = (top: number, bottom: number, left: number, right: number): number[][] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]

const convInfo = (inputShape: Shape4D, filterShape: Shape4D, attrs: Attributes): backend_util.Conv2DInfo => {
  if (attrs['dataFormat'] !== 'NHWC') {
    throw new TrainerError('BAD_MODEL', 'the wasm backend trains convolutions in NHWC order only', {
      dataFormat: attrs['dataFormat'],
    })
  }
  return backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as 'valid',
    attrs['dimRoundingMode'] as undefined,
  )
}
