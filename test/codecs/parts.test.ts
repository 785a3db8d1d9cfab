import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHoldings } from '../../protocols/codecs/index.js'
import { halfBitsOf, halfValues } from '../../protocols/codecs/half.js'
import { selectLargest } from '../../protocols/codecs/select.js'
import { createRandom } from '../../protocols/random.js'

describe('halves', () => {
  const values = halfValues()
  it('are read as IEEE 754 says', () => {
    const known: readonly (readonly [number, number])[] = [
      ...([
        [0x0000, 0],
        [0x0001, 2 ** -24],
        [0x03ff, 1023 * 2 ** -24],
        [0x0400, 2 ** -14],
      ] as const),
      ...([
        [0x3555, 0.333251953125],
        [0x3c00, 1],
        [0x3c01, 1 + 2 ** -10],
        [0xc000, -2],
      ] as const),
      ...([
        [0x7bff, 65504],
        [0x7c00, Infinity],
        [0xfc00, -Infinity],
      ] as const),
    ]
    for (const [bits, value] of known) assert.equal(values[bits], value)
    assert.ok(Object.is(values[0x8000], -0))
    assert.ok(Number.isNaN(values[0x7e00]))
  })
  it('come back as the same bits, all finite ones', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) !== 0x7c00) assert.equal(halfBitsOf(values[bits]!), bits)
    }
  })
  it('are the nearest ones, and of two equally near ones the even one', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [values[bits]!, values[bits + 1]!]
      const middle = (low + high) / 2
      const even = bits % 2 === 0 ? bits : bits + 1
      assert.equal(halfBitsOf(middle), even)
      // A float32 has 13 bits more than a half: enough for a hair on either side.
      const hair = (high - low) / 2 ** 12
      assert.equal(halfBitsOf(middle - hair), bits)
      assert.equal(halfBitsOf(middle + hair), bits + 1)
      assert.equal(halfBitsOf(-middle - hair), (bits + 1) | 0x8000)
    }
  })
})

describe('the selection of the largest', () => {
  /** What a sort would take: by magnitude, then by index. */
  const slow = (values: Float32Array, count: number): number[] =>
    [...values.keys()]
      .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b)
      .slice(0, count)
      .sort((a, b) => a - b)
  const fast = (values: Float32Array, count: number): number[] => {
    const bits = new Uint32Array(values.buffer)
    const { thresholdBits, tiesTaken } = selectLargest(bits, count)
    let ties = 0
    return [...values.keys()].filter((i) => {
      const magnitude = bits[i]! & 0x7fffffff
      return magnitude > thresholdBits || (magnitude === thresholdBits && ties++ < tiesTaken)
    })
  }
  it('is that of a sort, with ties, both signs, zeros and denormals', () => {
    const random = createRandom('select')
    for (let run = 0; run < 300; run++) {
      const length = 1 + random.below(200)
      const values = Float32Array.from({ length }, () =>
        random.below(3) === 0
          ? random.below(4) - 2
          : (random.next() - 0.5) * [1, 1e-42, 1e30, 0][random.below(4)]!,
      )
      const count = 1 + random.below(length)
      assert.deepEqual(fast(values, count), slow(values, count))
    }
  })
})

describe('what a reader remembers', () => {
  const held = (version: number) => ({ version, weights: Float32Array.of(version) })
  it('is the last model of each sender', () => {
    const holdings = createHoldings()
    holdings.keep('a', held(1))
    holdings.keep('b', held(5))
    holdings.keep('a', held(2))
    assert.deepEqual(
      [holdings.of('a')?.version, holdings.of('b')?.version, holdings.of('c')],
      [2, 5, undefined],
    )
    holdings.forget('a')
    assert.equal(holdings.of('a'), undefined)
  })
  it('is bounded: who brought nothing for longest is forgotten', () => {
    const holdings = createHoldings(2)
    holdings.keep('a', held(1))
    holdings.keep('b', held(1))
    holdings.keep('a', held(2))
    holdings.keep('c', held(1))
    assert.equal(holdings.of('b'), undefined)
    assert.deepEqual([holdings.of('a')?.version, holdings.of('c')?.version], [2, 1])
  })
})
