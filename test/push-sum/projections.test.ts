import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createMass,
  PROJECTIONS,
  relativeSpread,
  valuesOf,
} from '../../protocols/final-merge/push-sum/index.js'
import { createRandom } from '../../protocols/random.js'

describe('the values of an estimate', () => {
  it('are its norm and its products with vectors of signs', () => {
    // Estimate 3, −4 whatever the share: norm 5, products ±3 ± 4.
    const [norm, ...projections] = valuesOf(createMass(Float32Array.of(3, -4), 7), 'seed')
    assert.equal(norm, 5)
    assert.equal(projections.length, PROJECTIONS)
    for (const projection of projections) assert.ok([1, 7].includes(Math.abs(projection)), `${projection}`)
    assert.equal(new Set(projections).size > 1, true)
  })

  it('are the same for the same seed and others for another', () => {
    const mass = createMass(Float32Array.of(1, 2, 4, 8, 16), 1)
    assert.deepEqual(valuesOf(mass, 'a'), valuesOf(mass, 'a'))
    assert.notDeepEqual(valuesOf(mass, 'a'), valuesOf(mass, 'b'))
  })

  it('show the distance of two estimates within a factor of 3, all but once in a thousand times', () => {
    const random = createRandom('distances')
    let ratios = 0
    let outside = 0
    for (let trial = 0; trial < 1000; trial++) {
      const a = Float32Array.from({ length: 40 }, () => random.next() - 0.5)
      const b = Float32Array.from({ length: 40 }, () => random.next() - 0.5)
      const [x, y] = [a, b].map((model) => valuesOf(createMass(model, 1), `${trial}`))
      const low = x!.map((value, i) => Math.min(value, y![i]!))
      const high = x!.map((value, i) => Math.max(value, y![i]!))
      const distance = Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
      const ratio = (relativeSpread(low, high) * low[0]!) / distance
      ratios += ratio * ratio
      if (ratio < 1 / 3 || ratio > 3) outside += 1
    }
    assert.ok(Math.abs(ratios / 1000 - 1) < 0.1, `mean square ${ratios / 1000}`)
    assert.ok(outside <= 4, `${outside}`)
  })
})

describe('the relative spread', () => {
  const eight = (first: number): number[] =>
    Array.from({ length: PROJECTIONS }, (_, i) => (i === 0 ? first : 0))

  it('is the root mean square width of the projections over the least norm', () => {
    // sqrt(4²/8) / 2
    assert.equal(relativeSpread([2, ...eight(-1)], [9, ...eight(3)]), Math.sqrt(2) / 2)
  })

  it('is 0 for equal estimates, even where all are 0, and infinite where only one is', () => {
    assert.equal(relativeSpread([0, ...eight(0)], [0, ...eight(0)]), 0)
    assert.equal(relativeSpread([0, ...eight(0)], [5, ...eight(3)]), Infinity)
  })
})
