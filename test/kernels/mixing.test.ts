import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { referenceKernels } from '../../protocols/kernels/index.js'
import { momentsOf } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import { bitsOf, kernels, KINDS, LENGTHS, PLACES, randomVector, type Kind } from './vectors.js'

const sharesOf = (count: number) =>
  Array.from({ length: count }, (_, k) => (2 * (k + 1)) / (count * (count + 1)))

const modelsOf = (count: number, length: number, kind: Kind) =>
  Array.from({ length: count }, (_, k) => randomVector(length, k + 1, kind))

for (const place of PLACES) {
  describe(`mixing kernels on vectors ${place.name}`, () => {
    /** Runs on copies that lie there; one more, the last, is for the result. */
    const there = (vectors: readonly Float32Array[], run: (copies: Float32Array[]) => void): void => {
      const placed = [...vectors, new Float32Array(vectors[0]!.length)].map((vector) => place.copy(vector))
      run(placed.map(({ vector }) => vector))
      for (const { free } of placed) free()
    }

    for (const kind of KINDS) {
      it(`sums as the reference does, to the bit: ${kind} values, 1 to 7 inputs, odd lengths`, () => {
        for (const length of LENGTHS) {
          for (const count of [1, 2, 3, 4, 5, 7]) {
            const [inputs, shares] = [modelsOf(count, length, kind), sharesOf(count)]
            const expected = new Float32Array(length)
            referenceKernels.weightedSum({ inputs, shares, out: expected })
            there(inputs, (copies) => {
              const out = copies.pop()!
              kernels.weightedSum({ inputs: copies, shares, out })
              assert.deepEqual(bitsOf(out), bitsOf(expected), `${count} × ${length}`)
            })
          }
        }
      })

      it(`takes moments as the reference does, to the bit: ${kind} values, also into an input`, () => {
        for (const length of LENGTHS) {
          for (const count of [1, 2, 3, 4, 6]) {
            const [inputs, shares] = [modelsOf(count, length, kind), sharesOf(count)]
            const expected = new Float32Array(length)
            const moments = referenceKernels.weightedSumWithMoments({ inputs, shares, out: expected })
            there(inputs, (copies) => {
              const out = copies.pop()!
              for (const to of [out, copies[0]!]) {
                assert.deepEqual(kernels.weightedSumWithMoments({ inputs: copies, shares, out: to }), moments)
                assert.deepEqual(bitsOf(to), bitsOf(expected), `${count} × ${length}`)
              }
            })
          }
        }
      })

      it(`rescales and advances as the reference does, to the bit: ${kind} values`, () => {
        for (const length of LENGTHS) {
          const [weights, now, since] = modelsOf(3, length, kind)
          const expected = new Float32Array(length)
          referenceKernels.advance({
            weights: weights!,
            now: now!,
            since: since!,
            fraction: 0.6,
            out: expected,
          })
          referenceKernels.rescale(expected, { mean: 0.1, factor: 0.37 })
          there([weights!, now!, since!], ([w, n, s, out]) => {
            kernels.advance({ weights: w!, now: n!, since: s!, fraction: 0.6, out: out! })
            kernels.rescale(out!, { mean: 0.1, factor: 0.37 })
            assert.deepEqual(bitsOf(out!), bitsOf(expected), String(length))
          })
        }
      })

      it(`takes trimmed means and medians as the reference does, to the bit: ${kind} values`, () => {
        for (const length of [1, 3, 4, 6, 515, 4099]) {
          for (const count of [1, 2, 3, 6, 9]) {
            const inputs = modelsOf(count, length, kind)
            for (const trim of new Set([0, (count - 1) >> 1])) {
              const expected = new Float32Array(length)
              referenceKernels.trimmedMean({ inputs, trim, out: expected })
              there(inputs, (copies) => {
                const out = copies.pop()!
                kernels.trimmedMean({ inputs: copies, trim, out })
                assert.deepEqual(bitsOf(out), bitsOf(expected), `${count} × ${length}, trim ${trim}`)
              })
            }
          }
        }
      })
    }
  })
}

describe('a weighted sum with moments', () => {
  it('is the same to the bit where some inputs have their mean at 0, and others far from it', () => {
    for (const length of LENGTHS) {
      const inputs = [randomVector(length, 1), randomVector(length, 2, 'far'), randomVector(length, 3)]
      const request = { inputs, shares: [0.5, 0.25, 0.25] }
      const [expected, out] = [new Float32Array(length), new Float32Array(length)]
      const moments = referenceKernels.weightedSumWithMoments({ ...request, out: expected })
      assert.deepEqual(kernels.weightedSumWithMoments({ ...request, out }), moments)
      assert.deepEqual(bitsOf(out), bitsOf(expected), String(length))
    }
  })

  it('keeps the negative zeros that all inputs have, alone and with others', () => {
    for (const count of [1, 2, 4, 6]) {
      const inputs = Array.from({ length: count }, () => Float32Array.of(-0, 0, 1, -0, -0))
      const [sum, withMoments] = [new Float32Array(5), new Float32Array(5)]
      const shares = inputs.map(() => 1 / count)
      for (const by of [kernels, referenceKernels]) {
        by.weightedSum({ inputs, shares, out: sum })
        by.weightedSumWithMoments({ inputs, shares, out: withMoments })
        for (const out of [sum, withMoments]) {
          assert.deepEqual(Array.from(out, Math.sign), [-0, 0, 1, -0, -0], String(count))
        }
      }
    }
  })

  it('knows the variance of a sum that is much smaller than that of its inputs', () => {
    // x + (c − x), with c small beside x but not beside what is left: noise about c / 2.
    const x = randomVector(5000, 1)
    const noise = randomVector(5000, 2)
    const inputs = [x, x.map((value, i) => 0.2 - value + 1e-3 * noise[i]!)]
    const out = new Float32Array(5000)
    const variance = kernels.weightedSumWithMoments({ inputs, shares: [0.5, 0.5], out }).at(-1)!.variance
    assert.ok(Math.abs(variance / momentsOf(out).variance - 1) < 2e-5)
  })

  it('knows it where the inputs are so far from 0 that their means, rounded, tell nothing of the mean of the sum', () => {
    // Each is constant but for its last bit: 2^-10 at 8192, 2^-12 at 2048.
    const random = createRandom(1, 'cancelling')
    const noisy = (base: number, bit: number): Float32Array =>
      Float32Array.from({ length: 512 }, () => base + bit * random.below(2))
    const [x, y] = [noisy(8192, 2 ** -10), noisy(2048, 2 ** -12)]
    const inputs = [x, y, x.map((value, i) => -(value + y[i]! + 2 ** -10 * random.below(2)))]
    const out = new Float32Array(512)
    for (const by of [kernels, referenceKernels]) {
      const { variance } = by.weightedSumWithMoments({ inputs, shares: [1 / 3, 1 / 3, 1 / 3], out }).at(-1)!
      assert.ok(Math.abs(variance / momentsOf(out).variance - 1) < 2e-5)
    }
  })
})

describe('the moments of the reference', () => {
  /** Of one vector, and of it by the definition. */
  const both = (values: Float32Array) => {
    const out = new Float32Array(values.length)
    const [moments] = referenceKernels.weightedSumWithMoments({ inputs: [values], shares: [1], out })
    return { moments: moments!, exact: momentsOf(values) }
  }

  it('are within 1e-7 of two passes in float64 for what models hold, and for other ordinary values', () => {
    for (const kind of ['ordinary', 'far'] as const) {
      for (const length of [513, 9001, 200_003]) {
        const { moments, exact } = both(randomVector(length, 3, kind))
        assert.ok(Math.abs(moments.variance / exact.variance - 1) < 1e-7, `${kind} ${length}`)
        assert.ok(Math.abs(moments.mean - exact.mean) < 1e-7 * Math.sqrt(exact.variance))
      }
    }
  })

  it('are within 2e-5 for outliers at the beginning, steps between blocks, and extreme values', () => {
    const outlier = randomVector(5000, 5)
    outlier[0] = 1e6
    const steps = randomVector(5000, 6).map((value, i) => value + 1e4 * (i >> 9))
    const huge = randomVector(5000, 7).map((value) => value * 1e30)
    const tiny = randomVector(5000, 7, 'tiny')
    const hugeThenSmall = randomVector(5000, 8).map((value, i) => (i < 512 ? value * 1e35 : value))
    const centredThenFar = randomVector(5000, 9).map((value, i) => (i < 4608 ? value : 50 + value))
    for (const values of [outlier, steps, huge, tiny, hugeThenSmall, centredThenFar]) {
      const { moments, exact } = both(values)
      assert.ok(Math.abs(moments.variance / exact.variance - 1) < 2e-5)
    }
  })

  it('have no variance where no value differs, and are zero for nothing', () => {
    assert.deepEqual(both(new Float32Array(1500).fill(0.1)).moments, {
      mean: Math.fround(0.1),
      variance: 0,
    })
    assert.deepEqual(both(new Float32Array(0)).moments, { mean: 0, variance: 0 })
  })
})

describe('a trimmed mean', () => {
  it('leaves out the least and the greatest of each element', () => {
    // [1, 9, 2, 4] without 1 and 9: (2 + 4)/2 = 3; [−5, 0, 100, 1] without −5 and 100: (0 + 1)/2 = 0.5
    const inputs = [
      [1, -5],
      [9, 0],
      [2, 100],
      [4, 1],
    ].map((values) => Float32Array.from(values))
    const out = new Float32Array(2)
    kernels.trimmedMean({ inputs, trim: 1, out })
    assert.deepEqual([...out], [3, 0.5])
  })
})

describe('more inputs than the kernels have room for', () => {
  it('are mixed all the same', () => {
    const inputs = modelsOf(130, 700, 'ordinary')
    const shares = sharesOf(130)
    const [out, expected] = [new Float32Array(700), new Float32Array(700)]
    kernels.weightedSum({ inputs, shares, out })
    referenceKernels.weightedSum({ inputs, shares, out: expected })
    assert.deepEqual(bitsOf(out), bitsOf(expected))
  })

  it('fit up to 128', () => {
    const inputs = modelsOf(128, 1700, 'ordinary')
    const shares = sharesOf(128)
    const [out, expected] = [new Float32Array(1700), new Float32Array(1700)]
    assert.deepEqual(
      kernels.weightedSumWithMoments({ inputs, shares, out }),
      referenceKernels.weightedSumWithMoments({ inputs, shares, out: expected }),
    )
    assert.deepEqual(bitsOf(out), bitsOf(expected))
  })
})
