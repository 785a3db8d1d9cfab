import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { average, averagingRule, averagingRuleNames, caughtUp } from '../../protocols/averaging/index.js'
import { createLayout, momentsOf } from '../../protocols/model/index.js'
import { bitsOf, kernels, KINDS, type Kind, PLACES, randomVector } from './vectors.js'

const layout = createLayout([
  { name: 'a/bias', shape: [3], kind: 'bias' },
  { name: 'b/kernel', shape: [33, 131], kind: 'kernel' },
  { name: 'b/bias', shape: [131], kind: 'bias' },
  { name: 'b/scale', shape: [7], kind: 'scale' },
  { name: 'c/kernel', shape: [5, 5, 2, 3], kind: 'kernel' },
  { name: 'd/kernel', shape: [10, 1], kind: 'kernel' },
])

const contributionsOf = (shares: readonly number[], kind: Kind) =>
  shares.map((weight, k) => ({ from: `p${k}`, weights: randomVector(layout.length, k, kind), weight }))

const SHARES = [[1], [0.5, 0.5], [0.2, 0.3, 0.5], [0.1, 0.2, 0.3, 0.4], [0.3, 0.1, 0.2, 0.1, 0.1, 0.2]]

for (const name of averagingRuleNames) {
  const rule = averagingRule(name)
  for (const place of PLACES) {
    it(`averages by ${name} to the bits of plain code, models ${place.name}`, () => {
      for (const kind of KINDS) {
        for (const shares of SHARES) {
          const contributions = contributionsOf(shares, kind)
          const expected = new Float32Array(layout.length)
          average({ rule, layout, contributions, out: expected })
          const placed = contributions.map(({ weights }) => place.copy(weights))
          const there = contributions.map((one, k) => ({ ...one, weights: placed[k]!.vector }))
          const out = place.copy(expected)
          out.vector.fill(0)
          average({ rule, layout, contributions: there, out: out.vector, kernels })
          assert.deepEqual(bitsOf(out.vector), bitsOf(expected), `${kind}, ${shares.length} models`)
          for (const { free } of [...placed, out]) free()
        }
      }
    })
  }
}

describe('variance-corrected', () => {
  it('is within two units in the last place of its formula in float64', () => {
    for (const kind of ['ordinary', 'far'] as const) {
      const shares = [0.1, 0.2, 0.3, 0.4]
      const contributions = contributionsOf(shares, kind)
      const out = new Float32Array(layout.length)
      average({ rule: averagingRule('variance-corrected'), layout, contributions, out, kernels })
      for (const { offset, length, kind: of } of layout.entries) {
        const tensors = contributions.map(({ weights }) => weights.subarray(offset, offset + length))
        const sums = Float64Array.from({ length }, (_, i) =>
          tensors.reduce((sum, tensor, k) => sum + shares[k]! * tensor[i]!, 0),
        )
        const { mean, variance } = momentsOf(sums)
        const target = tensors.reduce((sum, tensor, k) => sum + shares[k]! * momentsOf(tensor).variance, 0)
        // 1/sqrt(0.01 + 0.04 + 0.09 + 0.16)
        const gain = of === 'kernel' ? Math.min(Math.sqrt(target / variance), 1 / Math.sqrt(0.3)) : 1
        sums.forEach((sum, i) => {
          const exact = mean + (sum - mean) * gain
          // The average's rounding is stretched with it, then the result's own is added.
          const bound = 2 ** -23 * (Math.abs(exact) + gain * Math.abs(sum))
          assert.ok(Math.abs(out[offset + i]! - exact) <= bound, `${kind} ${exact}`)
        })
      }
    }
  })
})

describe('catching up', () => {
  it('moves models to the bits of plain code', () => {
    const [now, since] = [randomVector(layout.length, 11), randomVector(layout.length, 12)]
    const contributions = contributionsOf([0.4, 0.6], 'ordinary').map((one) => ({ ...one, since }))
    const catchUp = { now, fraction: 0.7 }
    const expected = caughtUp(layout, contributions, catchUp)
    caughtUp(layout, contributions, catchUp, kernels).forEach(({ weights }, k) =>
      assert.deepEqual(bitsOf(weights), bitsOf(expected[k]!.weights)),
    )
  })
})
