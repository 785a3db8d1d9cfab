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
