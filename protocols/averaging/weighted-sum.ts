import { assertFits, type Layout } from '../model/index.js'

/** Σ w_k·W_k in float64, the part that every rule shares. */
export interface WeightedSum {
  readonly values: Float64Array
  add(weights: Float32Array, weight: number): void
}

export const createWeightedSum = (layout: Layout): WeightedSum => {
  const values = new Float64Array(layout.length)
  return {
    values,
    add(weights, weight) {
      assertFits(weights, layout)
      for (let i = 0; i < values.length; i++) values[i]! += weight * weights[i]!
    },
  }
}

/** The same over chunks of one length: every element has the bits that the sum over whole models gives it. */
export const weightedSumOf = (chunks: readonly Float32Array[], shares: readonly number[]): Float32Array => {
  const sums = new Float64Array(chunks[0]!.length)
  chunks.forEach((chunk, index) => {
    const share = shares[index]!
    for (let i = 0; i < sums.length; i++) sums[i]! += share * chunk[i]!
  })
  return Float32Array.from(sums)
}
