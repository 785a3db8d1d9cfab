import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { combineStatistics } from '../../protocols/averaging/index.js'
import { momentsOf } from '../../protocols/model/index.js'
import { createRandom, shuffled } from '../../protocols/random.js'

const one = (from: string, weight: number, ...values: number[]) => ({
  from,
  weight,
  values: Float32Array.from(values),
})

describe('combining statistics', () => {
  it('adds the variance between the means to the mean variance', () => {
    // Channel 0: mean ¼·2 + ¾·6 = 5; variance ¼·1 + ¾·3 + ¼·(2 − 5)² + ¾·(6 − 5)² = 2.5 + 3 = 5.5
    // Channel 1: mean ¼·(−4) + ¾·0 = −1; variance ¼·0 + ¾·8 + ¼·9 + ¾·1 = 6 + 3 = 9
    assert.deepEqual(
      [...combineStatistics([one('a', 0.25, 2, 1, -4, 0), one('b', 0.75, 6, 3, 0, 8)])],
      [5, 5.5, -1, 9],
    )
  })

  it('gives the statistics of all the data together when shares are by count', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom('total variance', seed)
      // Parts of unequal size, mean and spread.
      const parts = Array.from({ length: 1 + random.below(6) }, () => {
        const [center, spread] = [10 * random.next() - 5, 0.1 + 3 * random.next()]
        return Array.from({ length: 1 + random.below(50) }, () => center + spread * random.next())
      })
      const all = Float64Array.from(parts.flat())
      const combined = combineStatistics(
        parts.map((part, i) => {
          const { mean, variance } = momentsOf(Float64Array.from(part))
          return one(`p${i}`, part.length / all.length, mean, variance)
        }),
      )
      const { mean, variance } = momentsOf(all)
      assert.ok(Math.abs(combined[0]! - mean) < 1e-5, `seed ${seed}: mean ${combined[0]} for ${mean}`)
      assert.ok(
        Math.abs(combined[1]! - variance) < 1e-5 * (1 + variance),
        `seed ${seed}: variance ${combined[1]} for ${variance}`,
      )
    }
  })

  it('keeps every bit of a single contribution, also beside one whose share is 0', () => {
    const [a, b] = [one('a', 1, 0.1, 0.7), one('b', 0, 9, 9)]
    assert.deepEqual(combineStatistics([a]), a.values)
    assert.deepEqual(combineStatistics([a, b]), a.values)
    assert.notEqual(combineStatistics([a]), a.values)
  })

  it('has identical statistics as a fixed point', () => {
    const same = ['a', 'b', 'c'].map((from) => one(from, 1 / 3, 0.1, 0.7, -3, 0))
    assert.deepEqual(combineStatistics(same), same[0]!.values)
  })

  it('does not depend on the order in which contributions are given, to the last bit', () => {
    const random = createRandom('order')
    const contributions = [0.1, 0.4, 0.3, 0.2].map((weight, i) =>
      one(`p${i}`, weight, ...Array.from({ length: 8 }, () => 5 * random.next())),
    )
    const results = [1, 2, 3, 4].map((seed) => combineStatistics(shuffled(contributions, createRandom(seed))))
    for (const result of results) assert.deepEqual(result, results[0])
  })

  it('sums in float64: a small variance beside a large mean is not lost', () => {
    // Means 4096 and 4096 + 2⁻¹¹, exact in float32: the variance between them is (2⁻¹²)² = 2⁻²⁴. E[x²] − mean² in float32 gives 0.
    const combined = combineStatistics([one('a', 0.5, 4096, 0), one('b', 0.5, 4096 + 2 ** -11, 0)])
    assert.equal(combined[1], 2 ** -24)
  })

  it('has nothing to combine for models without normalisation', () => {
    assert.deepEqual(combineStatistics([one('a', 0.5), one('b', 0.5)]), new Float32Array(0))
  })

  it('refuses no contribution, wrong shares, a sender twice, other lengths and negative variances', () => {
    const refuses = (code: string, ...contributions: ReturnType<typeof one>[]) =>
      assert.throws(() => combineStatistics(contributions), { code })
    refuses('NO_CONTRIBUTIONS')
    refuses('BAD_MIXING_WEIGHT', one('a', 0.5, 1, 1), one('b', 0.4, 1, 1))
    refuses('BAD_MIXING_WEIGHT', one('a', 1.5, 1, 1), one('b', -0.5, 1, 1))
    refuses('BAD_MIXING_WEIGHT', one('a', 0.5, 1, 1), one('a', 0.5, 1, 1))
    refuses('LENGTH_MISMATCH', one('a', 0.5, 1, 1), one('b', 0.5, 1, 1, 1, 1))
    refuses('LENGTH_MISMATCH', one('a', 1, 1, 1, 1))
    refuses('BAD_STATISTICS', one('a', 0.5, 1, 1), one('b', 0.5, 1, -0.5))
    refuses('BAD_STATISTICS', one('a', 1, 1, NaN))
  })
})
