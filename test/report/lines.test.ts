import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RoundRecord } from '../harness/cell/records.js'
import { studyOf, type Group } from '../harness/report/groups.js'
import { hasRange, lineOf, thin } from '../harness/report/lines.js'
import { logAxisOf, padded } from '../harness/report/scales.js'
import { cellRecords, type CellOutline } from './synthetic.js'

const groupOf = (...outlines: readonly CellOutline[]): Group => {
  const records = outlines.flatMap((outline, index) =>
    cellRecords({ ...outline, settings: { seed: index + 1 } }),
  )
  return studyOf(records).groups[0]!
}
const accuracyAgainstBytes = {
  x: (record: RoundRecord) => record.bytesSentPerPeer,
  y: (record: RoundRecord) => record.localAccuracyMean,
}

describe('the line of a group', () => {
  it('is the mean over the seeds, with the least and the greatest as its band', () => {
    const group = groupOf(
      { rounds: [{ localAccuracyMean: 0.25, bytesSentPerPeer: 100 }] },
      { rounds: [{ localAccuracyMean: 0.5, bytesSentPerPeer: 200 }] },
      { rounds: [{ localAccuracyMean: 0.75, bytesSentPerPeer: 600 }] },
    )
    // x (100 + 200 + 600) / 3, y (0.25 + 0.5 + 0.75) / 3
    assert.deepEqual(lineOf(group, accuracyAgainstBytes), [
      { round: 1, x: 300, y: 0.5, low: 0.25, high: 0.75 },
    ])
    assert.equal(hasRange(group), true)
  })

  it('takes at each round the seeds that measured it, in the order of the rounds', () => {
    const group = groupOf(
      {
        rounds: [
          { round: 2, localAccuracyMean: 0.5 },
          { round: 1, localAccuracyMean: 0.25 },
        ],
      },
      { rounds: [{ round: 1, localAccuracyMean: 0.75 }] },
    )
    const line = lineOf(group, { ...accuracyAgainstBytes, x: ({ round }) => round })
    // Round 1: (0.25 + 0.75) / 2; round 2: one seed alone.
    assert.deepEqual(
      line.map(({ x, y }) => [x, y]),
      [
        [1, 0.5],
        [2, 0.5],
      ],
    )
  })

  it('leaves out cells that failed and values that are not finite', () => {
    const group = groupOf(
      { rounds: [{ localAccuracyMean: 0.5 }, { localAccuracyMean: NaN }] },
      { rounds: [{ localAccuracyMean: 0.1 }], failure: { code: 'X', message: 'x' } },
    )
    assert.deepEqual(
      lineOf(group, accuracyAgainstBytes).map(({ round, y }) => [round, y]),
      [[1, 0.5]],
    )
    assert.equal(hasRange(group), false)
  })

  it('has at most 400 points, the first and the last among them', () => {
    const group = groupOf({ rounds: Array.from({ length: 5000 }, () => ({})) })
    const line = lineOf(group, accuracyAgainstBytes)
    assert.equal(line.length, 400)
    assert.equal(line[0]!.round, 1)
    assert.equal(line.at(-1)!.round, 5000)
  })

  it('is thinned evenly', () => {
    // Of positions 0 to 8, three: 0, 4, 8.
    assert.deepEqual(thin([0, 1, 2, 3, 4, 5, 6, 7, 8], 3), [0, 4, 8])
    assert.deepEqual(thin([1, 2], 3), [1, 2])
  })
})

describe('axes', () => {
  it('go on a log scale from one of 1, 2, 5 to another', () => {
    // 0.3 to 15: 0.2 is the last step below, 20 the first above.
    assert.deepEqual(logAxisOf([0.3, 15]), { extent: [0.2, 20], ticks: [0.2, 0.5, 1, 2, 5, 10, 20] })
  })

  it('leave zeros and what is below a millionth of the largest to the lower edge', () => {
    assert.deepEqual(logAxisOf([0, 1e-9, 2, 4])?.extent, [2, 5])
    assert.deepEqual(logAxisOf([0, 1e-17])?.extent, [1e-17, 2e-17])
  })

  it('have only powers of ten when there are many steps', () => {
    assert.deepEqual(logAxisOf([0.001, 100])?.ticks, [0.001, 0.01, 0.1, 1, 10, 100])
  })

  it('do not exist on a log scale without a value above 0', () => {
    assert.equal(logAxisOf([0, 0]), null)
    assert.equal(logAxisOf([]), null)
  })

  it('get a twentieth of air, and some around a single value, within their bounds', () => {
    assert.deepEqual(padded([20, 60], 0.5, [0, 100]), [18, 62]) // 40 / 20 = 2
    assert.deepEqual(padded([100, 100], 0.5, [0, 100]), [99.5, 100])
  })
})
