import type { Random } from '../../../protocols/random.js'
import type { Drawn } from './schema.js'

/**
 * Random draws from + − × ÷ alone: Math.exp and Math.log may differ in the last bit between versions of V8, and then
 * one seed would give two traces.
 */

/** About standard normal: the sum of 12 uniform draws − 6. Never beyond ±6. */
export const normal = (random: Random): number => {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random.next()
  return sum
}

/** Exponential with this mean: −mean·ln(1 − u). */
export const exponential = (mean: number, random: Random): number => -mean * ln(1 - random.next())

export const draw = (from: Drawn, random: Random): number => {
  if (typeof from === 'number') return from
  if ('median' in from) return from.median * exp(from.sigma * normal(random))
  const [least, most] = from
  return least + (most - least) * random.next()
}

const LN2 = 0.6931471805599453

/** e^x to about 15 digits for |x| below 700: x = k·ln 2 + r, Taylor series for e^r. */
export const exp = (x: number): number => {
  const k = Math.round(x / LN2)
  const r = x - k * LN2
  let term = 1
  let sum = 1
  // |r| ≤ 0.35, so the 18th term is below 1e-23.
  for (let i = 1; i <= 18; i++) {
    term *= r / i
    sum += term
  }
  return sum * powerOfTwo(k)
}

/** Natural logarithm of x > 0 to about 15 digits: x = m·2^k with m in [1, 2), ln m = 2·artanh((m − 1)/(m + 1)). */
export const ln = (x: number): number => {
  let m = x
  let k = 0
  while (m >= 2) {
    m /= 2
    k += 1
  }
  while (m < 1) {
    m *= 2
    k -= 1
  }
  const t = (m - 1) / (m + 1)
  const square = t * t
  let power = t
  let sum = 0
  // |t| ≤ 1/3, so the term of degree 35 is below 1e-18.
  for (let degree = 1; degree <= 35; degree += 2) {
    sum += power / degree
    power *= square
  }
  return 2 * sum + k * LN2
}

const powerOfTwo = (k: number): number => {
  let result = 1
  for (let i = 0; i < Math.abs(k); i++) result *= k > 0 ? 2 : 0.5
  return result
}
