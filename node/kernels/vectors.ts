import { SUM_BLOCK, type VectorKernels } from '../../protocols/kernels/index.js'
import type { MixingModule } from './mixing-module.js'
import type { Scratch } from './scratch.js'
import { forBlocks, type Operand } from './staging.js'

export const createVectors = (module: MixingModule, scratch: Scratch): VectorKernels => {
  /** Σ over blocks of SUM_BLOCK, also where both vectors lie in memory as a whole. */
  const summed = (
    [x, y]: readonly [Float32Array, Float32Array],
    sum: (x: number, y: number, length: number) => number,
  ): number => {
    const operands: Operand[] = [x, y].map((vector) => ({ vector, access: 'reads' }))
    let total = 0
    forBlocks(
      scratch,
      { operands, length: x.length, blockMultiple: SUM_BLOCK },
      ([p, q], { length: whole }) => {
        for (let from = 0; from < whole; from += SUM_BLOCK) {
          const bytes = from * Float32Array.BYTES_PER_ELEMENT
          total += sum(p! + bytes, q! + bytes, Math.min(SUM_BLOCK, whole - from))
        }
      },
    )
    return total
  }
  return {
    axpy(y, x, a) {
      const operands: Operand[] = [
        { vector: y, access: 'changes' },
        { vector: x, access: 'reads' },
      ]
      forBlocks(scratch, { operands, length: y.length }, ([to, from], { length }) =>
        module.axpy(to!, from!, a, length),
      )
    },
    dot: (x, y) => summed([x, y], (p, q, length) => module.dot(p, q, length)),
    squaredDistance: (x, y) => summed([x, y], (p, q, length) => module.squaredDistance(p, q, length)),
    clip(values, { low, high }) {
      const operands: Operand[] = [{ vector: values, access: 'changes' }]
      forBlocks(scratch, { operands, length: values.length }, ([x], { length }) =>
        module.clip(x!, low, high, length),
      )
    },
    firstNonFinite(values) {
      let found = -1
      const operands: Operand[] = [{ vector: values, access: 'reads' }]
      forBlocks(scratch, { operands, length: values.length }, ([x], { from, length }) => {
        if (found >= 0) return
        const index = module.firstNonFinite(x!, length)
        if (index >= 0) found = from + index
      })
      return found
    },
  }
}
