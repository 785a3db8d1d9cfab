import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mean } from '../../protocols/averaging/index.js'
import { referenceKernels } from '../../protocols/kernels/index.js'
import { createRandom, type Random } from '../../protocols/random.js'

const sketchOf = (seed: number, values: Float32Array, first: number): number =>
  referenceKernels.sketch(seed, values, first)
const toleranceOf = (seed: number, values: Float32Array, first: number): number =>
  referenceKernels.sketchTolerance(seed, values, first)

/** Normal enough: a sum of uniform numbers, with a scale that differs from model to model. */
const vector = (length: number, scale: number, random: Random): Float32Array =>
  Float32Array.from({ length }, () => scale * (random.next() + random.next() + random.next() - 1.5))

const sharesOf = (count: number, random: Random): number[] => {
  const parts = Array.from({ length: count }, () => 1 + random.below(1000))
  const sum = parts.reduce((a, b) => a + b, 0)
  return parts.map((part) => part / sum)
}

describe('a sketch', () => {
  it('is the same number on every peer: others compare it', () => {
    // Recorded: whoever changes the coefficients needs another protocol version.
    assert.equal(sketchOf(7, Float32Array.of(1), 1), 1.703061478678137)
    assert.equal(sketchOf(12345, Float32Array.of(1, -2, 0.5), 40), -1.6014521426986903)
  })

  it('is a sum with coefficients between 1 and 2, of either sign', () => {
    const sizes = Array.from({ length: 2000 }, (_, i) => sketchOf(7, Float32Array.of(1), i))
    assert.ok(sizes.every((size) => Math.abs(size) >= 1 && Math.abs(size) < 2))
    const positive = sizes.filter((size) => size > 0).length
    // Of 2,000 fair coins 1,000 ± 4·√500
    assert.ok(Math.abs(positive - 1000) < 90, `${positive}`)
  })

  it('is linear: that of a·x + b·y is a·sketch(x) + b·sketch(y)', () => {
    // Small integers, whose products with 31-bit coefficients float64 holds exactly.
    const x = Float32Array.of(3, -5, 8, 0, 1)
    const y = Float32Array.of(-2, 7, 4, 9, 6)
    const both = Float32Array.from(x, (value, i) => 2 * value + 4 * y[i]!)
    assert.equal(sketchOf(99, both, 40), 2 * sketchOf(99, x, 40) + 4 * sketchOf(99, y, 40))
  })

  it('of a whole is the sum of those of its parts, each with the index of its first element', () => {
    const x = Float32Array.of(3, -5, 8, 1)
    assert.equal(sketchOf(5, x, 0), sketchOf(5, x.subarray(0, 1), 0) + sketchOf(5, x.subarray(1), 1))
  })

  it('has other coefficients for another seed and another index', () => {
    const one = Float32Array.of(1)
    assert.notEqual(sketchOf(1, one, 0), sketchOf(2, one, 0))
    assert.notEqual(sketchOf(1, one, 0), sketchOf(1, one, 1))
  })
})

describe('sketches of models', () => {
  /** How far the sketch of the average lies from the average of the sketches. */
  const differenceOf = (
    seed: number,
    average: Float32Array,
    { models, shares }: { models: Float32Array[]; shares: number[] },
  ) =>
    Math.abs(
      sketchOf(seed, average, 0) -
        models.reduce((sum, model, k) => sum + shares[k]! * sketchOf(seed, model, 0), 0),
    )

  it('never raise a false alarm on a right average', () => {
    const random = createRandom('right averages')
    for (let i = 0; i < 1500; i++) {
      const count = 1 + random.below(12)
      const length = 1 + random.below(400)
      const models = Array.from({ length: count }, () => vector(length, 10 ** (random.below(9) - 6), random))
      const shares = sharesOf(count, random)
      const average = mean.sharded!.combine(models, shares)
      const seed = random.below(2 ** 32)
      const difference = differenceOf(seed, average, { models, shares })
      assert.ok(difference <= toleranceOf(seed, average, 0), `case ${i}: ${difference}`)
    }
  })

  it('find any one element that was changed by more than rounding', () => {
    const random = createRandom('wrong averages')
    for (let i = 0; i < 500; i++) {
      const models = Array.from({ length: 5 }, () => vector(256, 1, random))
      const shares = [0.2, 0.2, 0.2, 0.2, 0.2]
      const average = mean.sharded!.combine(models, shares)
      const seed = random.below(2 ** 32)
      // Of 256 elements below 0.75 with coefficients below 2, rounding is below 256 · 2 · 0.75 · 2^-23 = 5e-5.
      average[random.below(256)]! += (random.below(2) === 0 ? 1 : -1) * 2e-4
      assert.ok(differenceOf(seed, average, { models, shares }) > toleranceOf(seed, average, 0), `case ${i}`)
    }
  })

  it('find two changes that would cancel out in a plain sum', () => {
    const models = [Float32Array.of(1, 2, 3)]
    for (let seed = 0; seed < 200; seed++) {
      const average = Float32Array.of(1.5, 1.5, 3)
      const difference = differenceOf(seed, average, { models, shares: [1] })
      assert.ok(difference > toleranceOf(seed, average, 0), `seed ${seed}`)
    }
  })
})
