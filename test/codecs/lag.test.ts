import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { caughtUp } from '../../protocols/averaging/index.js'
import { comparedWithCopy } from '../../protocols/codecs/index.js'
import { createLayout } from '../../protocols/model/index.js'

const layout = createLayout([{ name: 'x', shape: [2], kind: 'bias' }])

describe('a mix with models that lag behind', () => {
  const [own, copy, theirs, older] = [
    Float32Array.of(4, 10),
    Float32Array.of(2, 10),
    Float32Array.of(2, 7),
    Float32Array.of(3, 9),
  ]
  const mix = comparedWithCopy(
    {
      shares: [
        { from: 'a', weights: own, weight: 0.5 },
        { from: 'b', weights: theirs, weight: 0.5, since: older },
      ],
      catchUp: { now: own, fraction: 0.75 },
    },
    { self: 'a', copy },
  )

  it('moves what others sent by half of the own lag', () => {
    const moved = caughtUp(layout, mix.shares, mix.catchUp)
    // (2, 7) + ((4, 10) − (2, 10)) / 2: where both lag alike, half of the pull back is gone; the rest is as it was.
    assert.deepEqual([...moved[1]!.weights], [3, 7])
  })
  it('moves what does not lag by half of what was learned since, whatever the fraction was', () => {
    const shares = [{ from: 'b', weights: theirs, weight: 1, since: older }]
    const unlagged = comparedWithCopy(
      { shares, catchUp: { now: own, fraction: 0.75 } },
      { self: 'a', copy, lags: () => false },
    )
    // (2, 7) + ((4, 10) − (3, 9)) / 2.
    assert.deepEqual([...caughtUp(layout, unlagged.shares, unlagged.catchUp)[0]!.weights], [2.5, 7.5])
  })
  it('leaves the own model and all shares as they are', () => {
    const moved = caughtUp(layout, mix.shares, mix.catchUp)
    assert.equal(moved[0]!.weights, own)
    assert.deepEqual(
      moved.map(({ from, weight }) => [from, weight]),
      [
        ['a', 0.5],
        ['b', 0.5],
      ],
    )
    assert.deepEqual([...copy, ...theirs, ...older], [2, 10, 2, 7, 3, 9])
  })
})
