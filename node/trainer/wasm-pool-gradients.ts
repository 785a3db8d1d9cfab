import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import { wasmKernelConfig } from './wasm-invoke.js'

/**
 * MaxPoolGrad: each output's gradient goes to the first of the largest inputs of its window, as tfjs's cpu backend has it.
 * The innermost loop runs along the channels, which lie side by side in memory; tfjs's loop strides over them.
 */
export const maxPoolGrad = () =>
  wasmKernelConfig('MaxPoolGrad', (inputs, attrs, backend) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo }
    const info = backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      attrs['filterSize'] as [number, number],
      attrs['strides'] as [number, number],
      1,
      attrs['pad'] as 'valid',
      attrs['dimRoundingMode'] as undefined,
    )
    const dx = backend.makeOutput(input.shape, 'float32')
    // Views are taken after the last allocation: growing the wasm memory detaches older ones.
    scatterMaxGradients({
      info,
      x: backend.typedArrayFromHeap(input) as Float32Array,
      dy: backend.typedArrayFromHeap(dy) as Float32Array,
      dx: backend.typedArrayFromHeap(dx) as Float32Array,
    })
    return dx
  })

const scatterMaxGradients = ({
  info,
  x,
  dy,
  dx,
}: {
  readonly info: backend_util.Conv2DInfo
  readonly x: Float32Array
  readonly dy: Float32Array
  /** Overwritten. */
  readonly dx: Float32Array
}): void => {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info
  const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo } = info
  const best = new Float32Array(inChannels)
  const bestAt = new Int32Array(inChannels)
  dx.fill(0)
  let read = 0
  for (let n = 0; n < batchSize; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      const top = Math.max(0, oh * strideHeight - padInfo.top)
      const bottom = Math.min(inHeight, oh * strideHeight - padInfo.top + effectiveFilterHeight)
      for (let ow = 0; ow < outWidth; ow++) {
        const left = Math.max(0, ow * strideWidth - padInfo.left)
        const right = Math.min(inWidth, ow * strideWidth - padInfo.left + effectiveFilterWidth)
        best.fill(-Infinity)
        bestAt.fill(-1)
        for (let h = top; h < bottom; h++) {
          for (let w = left; w < right; w++) {
            const at = ((n * inHeight + h) * inWidth + w) * inChannels
            for (let c = 0; c < inChannels; c++) {
              const value = x[at + c]!
              if (value > best[c]!) {
                best[c] = value
                bestAt[c] = at + c
              }
            }
          }
        }
        // A window of NaN has no largest input; the loss is NaN already and training stops there.
        for (let c = 0; c < inChannels; c++, read++) if (bestAt[c]! >= 0) dx[bestAt[c]!]! += dy[read]!
      }
    }
  }
}
