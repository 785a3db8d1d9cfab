export interface Moments {
  readonly mean: number
  /** Population variance: the mean of the squared deviations, not the sample estimate with n − 1. */
  readonly variance: number
}

/**
 * Mean and population variance, in float64 whatever the storage. Two passes: the one-pass formula E[x²] − E[x]²
 * loses every digit when the mean is large beside the deviation. An empty input has mean 0 and variance 0.
 */
export const momentsOf = (values: ArrayLike<number>): Moments => {
  const count = values.length
  if (count === 0) return { mean: 0, variance: 0 }
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i]!
  const mean = sum / count
  let squares = 0
  for (let i = 0; i < count; i++) {
    const deviation = values[i]! - mean
    squares += deviation * deviation
  }
  return { mean, variance: squares / count }
}
