import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { referenceKernels } from '../../protocols/kernels/index.js'
import { bitsOf, kernels, KINDS, LENGTHS, PLACES, randomVector } from './vectors.js'

for (const place of PLACES) {
  describe(`vector kernels on vectors ${place.name}`, () => {
    /** Two vectors there. */
    const pairThere = (
      [x, y]: readonly [Float32Array, Float32Array],
      run: (x: Float32Array, y: Float32Array) => void,
    ) => {
      const [a, b] = [place.copy(x), place.copy(y)]
      run(a.vector, b.vector)
      a.free()
      b.free()
    }

    for (const kind of KINDS) {
      it(`give the reference's bits: axpy, clip, dot, squared distance, ${kind} values`, () => {
        for (const length of LENGTHS) {
          const [x, y] = [randomVector(length, 1, kind), randomVector(length, 2, kind)]
          pairThere([x, y], (a, b) => {
            assert.equal(kernels.dot(a, b), referenceKernels.dot(x, y), String(length))
            assert.equal(kernels.squaredDistance(a, b), referenceKernels.squaredDistance(x, y))
            kernels.axpy(b, a, 0.3)
            referenceKernels.axpy(y, x, 0.3)
            assert.deepEqual(bitsOf(b), bitsOf(y))
            kernels.clip(b, { low: -0.7, high: 1.1 })
            referenceKernels.clip(y, { low: -0.7, high: 1.1 })
            assert.deepEqual(bitsOf(b), bitsOf(y))
          })
        }
      })
    }

    it('find the first NaN or infinity, wherever it is', () => {
      for (const length of [1, 2, 5, 16, 17, 35, 4100, 9000]) {
        for (const at of new Set([0, 1, length >> 1, length - 2, length - 1])) {
          if (at < 0 || at >= length) continue
          for (const bad of [NaN, Infinity, -Infinity]) {
            const values = randomVector(length, at, 'special')
            values[at] = bad
            values[length - 1] = bad
            pairThere([values, values], (a) => assert.equal(kernels.firstNonFinite(a), at))
          }
        }
      }
    })

    it('find none among zeros, subnormal and greatest numbers', () => {
      for (const length of LENGTHS)
        pairThere([randomVector(length, 3, 'special'), new Float32Array(0)], (a) =>
          assert.equal(kernels.firstNonFinite(a), -1),
        )
    })
  })
}

describe('dot and squared distance', () => {
  it('are what they are called', () => {
    // 1·4 + 2·5 + 3·6 = 32; 9 + 9 + 9 = 27
    const [x, y] = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]
    assert.equal(kernels.dot(x, y), 32)
    assert.equal(kernels.squaredDistance(x, y), 27)
  })
})
