import { util, type TensorInfo } from '@tensorflow/tfjs-core'
import { wasmKernel, wasmKernelConfig } from '../wasm-invoke.js'
import { heapOf } from './heap.js'

/** A second holder of the same data, as the cpu backend has it: tensors never change. tfjs's wasm backend copies them. */
export const identity = () => {
  const before = wasmKernel('Identity')
  return wasmKernelConfig('Identity', (inputs, attrs, backend) => {
    const x = inputs['x']!
    if (x.dtype === 'string') return before(inputs, attrs, backend)
    backend.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  })
}

/** Sums of a bias to all rows; anything else goes to tfjs's kernel, which finds each element's place anew when it broadcasts. */
export const add = () => {
  const before = wasmKernel('Add')
  return wasmKernelConfig('Add', (inputs, attrs, backend) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
    const columns = b.shape.at(-1) ?? 0
    const bias =
      a.dtype === 'float32' &&
      b.dtype === 'float32' &&
      columns > 1 &&
      a.shape.length >= b.shape.length &&
      a.shape.at(-1) === columns &&
      util.sizeFromShape(b.shape) === columns
    if (!bias) return before(inputs, attrs, backend)
    const out = backend.makeOutput(a.shape, 'float32')
    const heap = heapOf(backend)
    const rows = util.sizeFromShape(a.shape) / columns
    heap.kernels.addRows(heap.addressOf(a), heap.addressOf(b), heap.addressOf(out), rows, columns)
    return out
  })
}

/** Sums over all axes but the last, as the gradient of a bias is; others go to tfjs's kernel, which transposes first. */
export const sum = () => {
  const before = wasmKernel('Sum')
  return wasmKernelConfig('Sum', (inputs, attrs, backend) => {
    const x = inputs['x']!
    const rank = x.shape.length
    const axes = util.parseAxisParam(attrs['axis'] as number[] | undefined as number[], x.shape)
    const last = x.shape.at(-1) ?? 0
    const leading = rank > 1 && axes.length === rank - 1 && !axes.includes(rank - 1)
    if (!leading || x.dtype !== 'float32' || last === 0) return before(inputs, attrs, backend)
    const shape = attrs['keepDims'] ? [...new Array<number>(rank - 1).fill(1), last] : [last]
    const out = backend.makeOutput(shape, 'float32')
    const heap = heapOf(backend)
    const rows = util.sizeFromShape(x.shape) / last
    heap.withScratch(4 * last, (scratch) =>
      heap.kernels.sumRows(heap.addressOf(x), heap.addressOf(out), rows, last, scratch),
    )
    return out
  })
}
