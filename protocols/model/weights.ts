/** Index of the first NaN or infinity, or -1. */
export const firstNonFinite = (weights: Float32Array): number => {
  for (let i = 0; i < weights.length; i++) if (!Number.isFinite(weights[i])) return i
  return -1
}

/** The L2 distance of two vectors of one length, summed in float64. */
export const distance = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

/**
 * Consensus distance: the root mean square of the models' L2 distances to their mean,
 * sqrt(1/n Σ ‖x_i − x̄‖²) (Kong et al. 2021, "Consensus Control for Decentralized Deep Learning", eq. 4).
 * @param mean the models' average, of the same length; borrowed, not changed.
 */
export const consensusDistance = (models: readonly Float32Array[], mean: Float32Array): number => {
  let sum = 0
  for (const model of models) {
    const d = distance(model, mean)
    sum += d * d
  }
  return models.length === 0 ? 0 : Math.sqrt(sum / models.length)
}
