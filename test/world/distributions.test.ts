import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRandom } from '../../protocols/random.js'
import { draw, exp, exponential, ln, normal } from '../harness/world/distributions.js'

const DRAWS = 100_000
const momentsOf = (next: () => number) => {
  const values = Array.from({ length: DRAWS }, next)
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS
  return {
    mean,
    variance,
    least: Math.min(...values.slice(0, 20_000)),
    most: Math.max(...values.slice(0, 20_000)),
  }
}
const near = (value: number, expected: number, off: number) =>
  assert.ok(Math.abs(value - expected) <= off, `${value} is not within ${off} of ${expected}`)

// Bounds are five standard errors: σ/√n for a mean, about σ²·√((κ−1)/n) for a variance.
describe('random draws', () => {
  it('are about standard normal', () => {
    const random = createRandom('normal')
    const { mean, variance } = momentsOf(() => normal(random))
    near(mean, 0, 5 / Math.sqrt(DRAWS))
    near(variance, 1, (5 * Math.sqrt(2)) / Math.sqrt(DRAWS))
  })

  it('are exponential: mean 40, standard deviation 40', () => {
    const random = createRandom('exponential')
    const { mean, variance, least } = momentsOf(() => exponential(40, random))
    near(mean, 40, (5 * 40) / Math.sqrt(DRAWS))
    near(Math.sqrt(variance), 40, (5 * 40 * Math.sqrt(8)) / 2 / Math.sqrt(DRAWS))
    assert.ok(least >= 0)
  })

  it('are uniform between two bounds: mean 6, variance 64/12', () => {
    const random = createRandom('uniform')
    const { mean, variance, least, most } = momentsOf(() => draw([2, 10], random))
    near(mean, 6, (5 * Math.sqrt(64 / 12)) / Math.sqrt(DRAWS))
    near(variance, 64 / 12, 0.1)
    assert.ok(least >= 2 && most < 10)
  })

  it('are lognormal: median 20, mean 20·e^(σ²/2)', () => {
    const random = createRandom('lognormal')
    const values = Array.from({ length: DRAWS }, () => draw({ median: 20, sigma: 0.5 }, random))
    const below = values.filter((value) => value < 20).length / DRAWS
    near(below, 0.5, (5 * 0.5) / Math.sqrt(DRAWS))
    // Standard deviation: mean·√(e^(σ²) − 1) = 22.66 · 0.533.
    near(
      values.reduce((sum, value) => sum + value, 0) / DRAWS,
      20 * Math.exp(0.125),
      (5 * 12.1) / Math.sqrt(DRAWS),
    )
  })

  it('are the number itself where a number is given', () => {
    assert.equal(draw(7, createRandom('none')), 7)
  })
})

describe('exp and ln from the four operations', () => {
  it('agree with Math.exp and Math.log to 14 digits', () => {
    const random = createRandom('functions')
    for (let i = 0; i < 5000; i++) {
      const x = 40 * (random.next() - 0.5)
      near(exp(x) / Math.exp(x), 1, 1e-14)
      const y = Math.exp(30 * (random.next() - 0.5))
      near(ln(y), Math.log(y), 1e-14 * Math.max(1, Math.abs(Math.log(y))))
    }
    assert.equal(exp(0), 1)
    assert.equal(ln(1), 0)
  })
})
