import type { Random } from '../../../protocols/random.js'

/**
 * The natural logarithm of one draw from Gamma(shape, 1), shape > 0. Marsaglia and Tsang, "A simple method for
 * generating gamma variables", ACM TOMS 26(3), 2000; shapes below 1 by their boost Gamma(shape + 1)·U^(1/shape).
 * A logarithm because for small shapes the draw itself is often below the smallest float.
 */
export const logGamma = (shape: number, random: Random): number => {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.next()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const root = 1 + c * x
    if (root <= 0) continue
    const v = root * root * root
    if (Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}

/** One standard normal draw: Marsaglia's polar method, its second value thrown away. */
const normal = (random: Random): number => {
  for (;;) {
    const x = 2 * random.next() - 1
    const y = 2 * random.next() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
  }
}
