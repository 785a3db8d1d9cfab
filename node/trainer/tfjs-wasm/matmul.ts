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
    return canMultiply(a, b) ? product(a, b, attrs, backend) : before(inputs, attrs, backend)
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
    if (!canActivate(activation) || !fits || !canMultiply(a, b)) return before(inputs, attrs, backend)
    const out = product(a, b, attrs, backend)
    if (bias) {
      const heap = heapOf(backend)
      const rows = util.sizeFromShape(out.shape) / columns
      heap.kernels.addBias(heap.addressOf(out), heap.addressOf(bias), rows, columns, 0)
    }
    return activated(out, activation, backend)
  })
}

const canMultiply = (a: TensorInfo, b: TensorInfo): boolean =>
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
  const multiply = transposeA ? kernels.multiplyLeftTransposed : kernels.multiply
  const [atA, atB, atC] = [heap.addressOf(a), heap.addressOf(b), heap.addressOf(out)]
  const batches = util.sizeFromShape(outer)
  const each = (turned: number): void => {
    for (let i = 0; i < batches; i++) {
      const right = atB + 4 * i * k * n
      if (turned) kernels.transpose(right, turned, n, k)
      multiply(atA + 4 * i * m * k, turned || right, atC + 4 * i * m * n, m, n, k, 0)
    }
  }
  if (!transposeB) each(0)
  else if (!transposeA && m < ROWS_TO_TURN) {
    for (let i = 0; i < batches; i++) {
      kernels.multiplyRightTransposed(
        atA + 4 * i * m * k,
        atB + 4 * i * k * n,
        atC + 4 * i * m * n,
        m,
        n,
        k,
        0,
      )
    }
  } else heap.withScratch(4 * k * n, each)
  return out
}

/** From so many rows of A on, turning B over once costs less than the slower product with a transposed B. Measured: scripts/bench/tfjs.ts. */
const ROWS_TO_TURN = 8

const sides = ({ shape }: TensorInfo, transposed: boolean): readonly [number, number] => {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!]
  return transposed ? [columns, rows] : [rows, columns]
}
