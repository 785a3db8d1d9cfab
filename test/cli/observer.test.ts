import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createObserver, type SwarmRound } from '../../node/cli/demo/observer.js'
import type { RoundReport } from '../../node/peer.js'
import { createLayout } from '../../protocols/model/index.js'

const layout = createLayout([{ name: 'kernel', shape: [1, 2], kind: 'kernel' }])

const report = (round: number, accuracy: number, weights: readonly number[]): RoundReport => ({
  type: 'round',
  round,
  loss: 2 * accuracy,
  accuracy,
  mixedFrom: [],
  bytesSent: 100 * round,
  bytesReceived: 0,
  codecs: {},
  members: 3,
  weights: Float32Array.from(weights),
})

const observe = (peers: number) => {
  const rows: SwarmRound[] = []
  const evaluated: number[][] = []
  const observer = createObserver({
    peers,
    layout,
    evaluator: {
      evaluate: (weights) => {
        evaluated.push([...weights])
        return Promise.resolve({ accuracy: 0.5, loss: 1, examples: 10 })
      },
    },
    onRound: (row) => rows.push(row),
  })
  return { observer, rows, evaluated }
}

describe('the observer of the demo', () => {
  it('makes a row once every peer has reported the round', async () => {
    const { observer, rows, evaluated } = observe(2)
    observer.report(0, report(2, 0.25, [0, 0]))
    await observer.settled()
    assert.deepEqual(rows, [])
    observer.report(1, report(2, 0.75, [6, 8]))
    await observer.settled()
    assert.deepEqual(evaluated, [[3, 4]])
    assert.deepEqual(rows, [
      {
        round: 2,
        localAccuracyMean: 0.5,
        localAccuracyMin: 0.25,
        mergedAccuracy: 0.5,
        // Both models are 5 from their mean [3, 4].
        consensusDistance: 5,
        bytesSentPerPeer: 200,
        peersAlive: 2,
        trainLoss: 1,
      },
    ])
  })

  it('makes the row of a round that a peer has passed over without it', async () => {
    const { observer, rows } = observe(2)
    observer.report(0, report(2, 0.5, [0, 0]))
    observer.report(1, report(4, 0.5, [0, 0]))
    await observer.settled()
    assert.deepEqual(
      rows.map(({ round }) => round),
      [2],
    )
  })

  it('does not wait for the dead', async () => {
    const { observer, rows } = observe(3)
    observer.report(0, report(2, 0.5, [0, 0]))
    observer.report(1, report(2, 0.5, [2, 0]))
    observer.died(2)
    await observer.settled()
    assert.deepEqual(
      rows.map(({ round, peersAlive }) => ({ round, peersAlive })),
      [{ round: 2, peersAlive: 2 }],
    )
  })

  it('keeps 64 rounds for a peer that lags, and makes no second row of those it reports too late', async () => {
    const { observer, rows } = observe(2)
    for (let round = 1; round <= 70; round++) observer.report(0, report(round, 0.5, [0, 0]))
    for (let round = 1; round <= 70; round++) observer.report(1, report(round, 0.5, [2, 0]))
    await observer.settled()
    assert.deepEqual(
      rows.map(({ round }) => round),
      Array.from({ length: 70 }, (_, index) => index + 1),
    )
    // Rounds 1 to 6 had to go without the second peer.
    assert.deepEqual(
      rows.map(({ consensusDistance }) => consensusDistance),
      Array.from({ length: 70 }, (_, index) => (index < 6 ? 0 : 1)),
    )
  })
})
