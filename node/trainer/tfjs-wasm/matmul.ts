import { util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { wasmKernel, wasmKernelConfig, type Attributes } from '../wasm-invoke.js'
import { activated, canActivate } from './activation.js'
import { heapOf } from './heap.js'

/**
 * Products of matrices, plain and transposed, batched. Batches that are broadcast go to the kernel that was registered before.
 */
export const batchMatMul = () => {
  const before = wasmKernel('BatchMatMul')
  return wasmKernelConfig('BatchMatMul', (inputs, attrs, backend) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
    return canMultiply(a, b, attrs) ? product(a, b, attrs, backend) : before(inputs, attrs, backend)
  })
}

/**
 * The same with a bias and an activation; those with parameters of their own go to the kernel that was registered before. tfjs's own
 * forgets bias and activation where an operand is transposed.
 */
export const fusedMatMul = () => {
  const before = wasmKernel('_FusedMatMul')
  return wasmKernelConfig('_FusedMatMul', (inputs, attrs, backend) => {
    const { a, b, bias } = inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo }
    const activation = attrs['activation'] as string
    const columns = attrs['transposeB'] ? b.shape.at(-2)! : b.shape.at(-1)!
    const fits = bias === undefined || (bias.shape.length === 1 && bias.shape[0] === columns)
    if (!canActivate(activation) || !fits || !canMultiply(a, b, attrs)) return before(inputs, attrs, backend)
    const out = product(a, b, attrs, backend)
    if (bias) {
      const heap = heapOf(backend)
      const rows = util.sizeFromShape(out.shape) / columns
      heap.kernels.addBias(heap.addressOf(out), heap.addressOf(bias), rows, columns, 0)
    }
    return activated(out, activation, backend)
  })
}

/** Sizes that do not fit each other are left to tfjs, which says so. */
const canMultiply = (a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: Attributes): boolean =>
  sides(a, transposeA === true)[1] === sides(b, transposeB === true)[0] &&
  a.dtype === 'float32' &&
  b.dtype === 'float32' &&
  util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2)) &&
  util.sizeFromShape(a.shape) > 0 &&
  util.sizeFromShape(b.shape) > 0

const product = (a: TensorInfo, b: TensorInfo, attrs: Attributes, backend: BackendWasm): TensorInfo => {
  const [transposeA, transposeB] = [attrs['transposeA'] === true, attrs['transposeB'] === true]
  const rank = a.shape.length
  const [m, k] = sides(a, transposeA)
  const [, n] = sides(b, transposeB)
  const outer = a.shape.slice(0, rank - 2)
  const out = backend.makeOutput([...outer, m, n], 'float32')
  const heap = heapOf(backend)
  const { kernels } = heap
  const [atA, atB, atC] = [heap.addressOf(a), heap.addressOf(b), heap.addressOf(out)]
  const packed = kernels.PACKED_BYTES.value as number
  const [aRow, aDepth] = transposeA ? [4, 4 * m] : [4 * k, 4]
  const plain = transposeA ? kernels.multiplyLeftTransposed : kernels.multiply
  const direct = m < ROWS_TO_COPY && (!transposeB || !transposeA)
  heap.withScratch(direct ? 0 : packed + (transposeB ? 4 * k * n : 0), (scratch) => {
    for (let i = 0; i < util.sizeFromShape(outer); i++) {
      const [left, right, to] = [atA + 4 * i * m * k, atB + 4 * i * k * n, atC + 4 * i * m * n]
      if (direct) {
        const multiply = transposeB ? kernels.multiplyRightTransposed : plain
        multiply(left, right, to, m, n, k, 0)
        continue
      }
      const turned = scratch + packed
      if (transposeB) kernels.transpose(right, turned, n, k)
      kernels.multiplyPacked(left, aRow, aDepth, transposeB ? turned : right, to, m, n, k, scratch)
    }
  })
  return out
}

/** From so many rows of A on, copying B together, and turning it over first, costs less than it saves. Guess from the products of scripts/bench/tfjs.ts. */
const ROWS_TO_COPY = 16

const sides = ({ shape }: TensorInfo, transposed: boolean): readonly [number, number] => {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!]
  return transposed ? [columns, rows] : [rows, columns]
}
