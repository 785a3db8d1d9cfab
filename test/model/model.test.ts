import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  assertFits,
  consensusDistance,
  createLayout,
  firstNonFinite,
  momentsOf,
  tensorOf,
} from '../../protocols/model/index.js'

describe('a layout', () => {
  const layout = createLayout([
    { name: 'a', shape: [2, 3], kind: 'kernel' },
    { name: 'b', shape: [3], kind: 'bias' },
    { name: 'c', shape: [], kind: 'scale' },
  ])

  it('lays tensors one after the other', () => {
    assert.deepEqual(
      layout.entries.map(({ offset, length }) => [offset, length]),
      [
        [0, 6],
        [6, 3],
        [9, 1],
      ],
    )
    assert.equal(layout.length, 10)
  })

  it('has a fingerprint that tells names, shapes, kinds and order apart', () => {
    const variants = [
      [{ name: 'a', shape: [2, 3], kind: 'kernel' }],
      [{ name: 'a', shape: [3, 2], kind: 'kernel' }],
      [{ name: 'a', shape: [6], kind: 'kernel' }],
      [{ name: 'a', shape: [6], kind: 'bias' }],
      [{ name: 'b', shape: [6], kind: 'bias' }],
      [
        { name: 'a', shape: [1], kind: 'bias' },
        { name: 'b', shape: [1], kind: 'bias' },
      ],
      [
        { name: 'b', shape: [1], kind: 'bias' },
        { name: 'a', shape: [1], kind: 'bias' },
      ],
    ] as const
    assert.equal(new Set(variants.map((specs) => createLayout(specs).fingerprint)).size, variants.length)
  })

  it('keeps its fingerprint between versions', () => {
    // printf '["w",[1,2],"kernel"]' | sha256sum
    assert.equal(
      createLayout([{ name: 'w', shape: [1, 2], kind: 'kernel' }]).fingerprint,
      '3ee760b813650443e40806406bbf33e9566bd263a853c00fe5a4c7244a35fba1',
    )
  })

  it('gives a tensor as a view on the vector', () => {
    const weights = new Float32Array(10)
    tensorOf(weights, layout.entries[1]!).fill(7)
    assert.deepEqual([...weights], [0, 0, 0, 0, 0, 0, 7, 7, 7, 0])
  })

  it('refuses repeated and empty names, sizes that are no positive integers, and no tensors at all', () => {
    const kind = 'kernel'
    for (const specs of [
      [],
      [{ name: '', shape: [1], kind }],
      [
        { name: 'a', shape: [1], kind },
        { name: 'a', shape: [1], kind },
      ],
      [{ name: 'a', shape: [0], kind }],
      [{ name: 'a', shape: [1.5], kind }],
      [{ name: 'a', shape: [2 ** 40], kind }],
    ] as const) {
      assert.throws(() => createLayout(specs), { code: 'LAYOUT_INVALID' })
    }
  })

  it('refuses a vector of another length', () => {
    assert.throws(() => assertFits(new Float32Array(9), layout), { code: 'LENGTH_MISMATCH' })
    assert.doesNotThrow(() => assertFits(new Float32Array(10), layout))
  })
})

describe('moments', () => {
  it('are the mean and the population variance', () => {
    // mean (2 + 4 + 9)/3 = 5, variance (9 + 1 + 16)/3 = 26/3
    assert.deepEqual(momentsOf([2, 4, 9]), { mean: 5, variance: 26 / 3 })
  })

  it('keep their digits when the mean is large beside the deviation', () => {
    // 16777216 = 2^24; deviations −1, 0, 1 about 2^23: variance 2/3
    const values = Float32Array.of(2 ** 23 - 1, 2 ** 23, 2 ** 23 + 1)
    assert.equal(momentsOf(values).variance, 2 / 3)
  })

  it('are zero for nothing', () => {
    assert.deepEqual(momentsOf([]), { mean: 0, variance: 0 })
  })
})

describe('consensus distance', () => {
  it('is the root mean square distance to the mean', () => {
    // mean [1, 1]; distances 5 = |(3, 4)| twice: sqrt((25 + 25)/2) = 5
    const models = [Float32Array.of(4, 5), Float32Array.of(-2, -3)]
    assert.equal(consensusDistance(models, Float32Array.of(1, 1)), 5)
  })
})

describe('the search for values that are no numbers', () => {
  it('finds the first', () => {
    assert.equal(firstNonFinite(Float32Array.of(0, 1e38, -0, 1e-45)), -1)
    assert.equal(firstNonFinite(Float32Array.of(0, -Infinity, NaN)), 1)
    assert.equal(firstNonFinite(Float32Array.of(0, 1, NaN)), 2)
  })
})
