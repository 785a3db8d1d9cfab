import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Int8Chunks, referenceKernels } from '../../protocols/kernels/index.js'
import { bitsOf, kernels, KINDS, LENGTHS, PLACES, randomVector } from './vectors.js'

const chunksFor = (length: number, chunk: number): Int8Chunks => ({
  values: new Int8Array(length),
  scales: new Float32Array(Math.ceil(length / chunk)),
  chunk,
})

for (const place of PLACES) {
  describe(`codec kernels on vectors ${place.name}`, () => {
    for (const kind of KINDS) {
      it(`give the reference's bits for float16: ${kind} values`, () => {
        for (const length of LENGTHS) {
          const values = randomVector(length, 1, kind)
          const { vector, free } = place.copy(values)
          const [ours, theirs] = [new Uint16Array(length), new Uint16Array(length)]
          kernels.quantiseFloat16(vector, ours)
          referenceKernels.quantiseFloat16(values, theirs)
          assert.deepEqual(ours, theirs)
          kernels.dequantiseFloat16(ours, vector)
          referenceKernels.dequantiseFloat16(theirs, values)
          assert.deepEqual(bitsOf(vector), bitsOf(values))
          // Infinity minus infinity would be a NaN, of which bits are not promised.
          const finite = ours.map((half) => ((half & 0x7c00) === 0x7c00 ? 0 : half))
          vector.fill(0.1)
          values.fill(0.1)
          kernels.accumulateFloat16(vector, finite, -0.3)
          referenceKernels.accumulateFloat16(values, finite, -0.3)
          assert.deepEqual(bitsOf(vector), bitsOf(values))
          free()
        }
      })

      it(`give the reference's bits for int8: ${kind} values, whatever the chunk`, () => {
        for (const length of LENGTHS) {
          for (const chunk of [1, 7, 256, 1000, 4096]) {
            const values = randomVector(length, 2, kind)
            const { vector, free } = place.copy(values)
            const [ours, theirs] = [chunksFor(length, chunk), chunksFor(length, chunk)]
            kernels.quantiseInt8(vector, ours)
            referenceKernels.quantiseInt8(values, theirs)
            assert.deepEqual(ours, theirs, `${length} in chunks of ${chunk}`)
            kernels.accumulateInt8(vector, ours, 0.3)
            referenceKernels.accumulateInt8(values, theirs, 0.3)
            assert.deepEqual(bitsOf(vector), bitsOf(values))
            kernels.dequantiseInt8(ours, vector)
            referenceKernels.dequantiseInt8(theirs, values)
            assert.deepEqual(bitsOf(vector), bitsOf(values))
            free()
          }
        }
      })

      it(`select the reference's elements: ${kind} values, also where magnitudes tie`, () => {
        for (const length of LENGTHS) {
          const values = randomVector(length, 3, kind).map((value, i) => (i % 3 === 0 ? 1.5 : value))
          const { vector, free } = place.copy(values)
          for (const count of new Set([0, Math.min(1, length), length >> 3, length >> 1, length])) {
            assert.deepEqual(kernels.topK(vector, count), referenceKernels.topK(values, count))
          }
          free()
        }
      })
    }
  })
}

describe('float16', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i)
  const values = new Float32Array(65_536)
  kernels.dequantiseFloat16(all, values)

  it('is read as the reference reads it, all 65,536 of them', () => {
    const expected = new Float32Array(65_536)
    referenceKernels.dequantiseFloat16(all, expected)
    // Not deepEqual: it compares the bits of NaN too.
    values.forEach((value, half) => assert.ok(Object.is(value, expected[half]), String(half)))
  })

  it('comes back with the same bits from its own values', () => {
    const back = new Uint16Array(65_536)
    kernels.quantiseFloat16(values, back)
    values.forEach((value, i) => {
      if (!Number.isNaN(value)) assert.equal(back[i], i)
    })
  })

  it('rounds to nearest, ties to even', () => {
    // Neighbours of 1 are 2^-10 apart: a tie goes to the even 1, a little more up; the next tie to the even 1 + 2^-9.
    const some = Float32Array.of(
      1 + 2 ** -11,
      1 + 2 ** -11 + 2 ** -20,
      1 + 3 * 2 ** -11,
      65_519,
      65_520,
      2 ** -25,
    )
    const halves = new Uint16Array(some.length)
    kernels.quantiseFloat16(some, halves)
    assert.deepEqual([...halves], [0x3c00, 0x3c01, 0x3c02, 0x7bff, 0x7c00, 0])
  })
})

describe('int8', () => {
  it('is within half a scale of every value, and a little where 127 is reached', () => {
    for (const kind of ['ordinary', 'far'] as const) {
      const values = randomVector(5000, 9, kind)
      const chunks = chunksFor(5000, 256)
      kernels.quantiseInt8(values, chunks)
      values.forEach((value, i) => {
        const scale = chunks.scales[i >> 8]!
        assert.ok(Math.abs(value - scale * chunks.values[i]!) <= scale * (0.5 + 127 * 2 ** -24))
      })
    }
  })

  it('is within 2^-141 of values that are subnormal', () => {
    const values = randomVector(5000, 9, 'tiny')
    const chunks = chunksFor(5000, 256)
    kernels.quantiseInt8(values, chunks)
    values.forEach((value, i) => {
      assert.ok(Math.abs(value - chunks.scales[i >> 8]! * chunks.values[i]!) <= 2 ** -141)
    })
  })
})

describe('the largest magnitudes', () => {
  it('are given by their indices in order, and of equal ones the first', () => {
    // |3| and |−3| are the largest; of the three 2s the first fits.
    assert.deepEqual([...kernels.topK(Float32Array.of(2, -3, 0, 2, 3, -2), 3)], [0, 1, 4])
  })
})
