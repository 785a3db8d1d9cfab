import { firstNonFinite } from '../../model/index.js'
import { SUM_BLOCK } from '../blocks.js'
import type { VectorKernels } from '../contract.js'
import { laneSum } from './moments.js'

const { fround } = Math

/** Σ term(i) over four lanes, block after block. */
const summed = (length: number, term: (i: number) => number): number => {
  let total = 0
  for (let from = 0; from < length; from += SUM_BLOCK) {
    const lanes = new Float64Array(4)
    for (let i = from; i < Math.min(from + SUM_BLOCK, length); i++) lanes[i & 3]! += term(i)
    total += laneSum(lanes)
  }
  return total
}

/** The plain way: clear, and the same bits on every machine. */
export const vectorReference: VectorKernels = {
  axpy(y, x, a) {
    const factor = fround(a)
    for (let i = 0; i < y.length; i++) y[i]! += fround(factor * x[i]!)
  },
  dot: (x, y) => summed(x.length, (i) => x[i]! * y[i]!),
  squaredDistance: (x, y) =>
    summed(x.length, (i) => {
      const difference = x[i]! - y[i]!
      return difference * difference
    }),
  clip(values, { low, high }) {
    const [least, most] = [fround(low), fround(high)]
    for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i]!, least), most)
  },
  firstNonFinite,
}
