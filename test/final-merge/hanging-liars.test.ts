import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createToyTraining, peerNames, simulate, type Lie } from '../harness/index.js'

/** Milliseconds: a third of what an exchange gets, as between real peers. */
const HANG_MS = 1_600

/** The last of the peers lies. @returns what the others end with. */
const merging = (does: Lie, peers: number) => {
  const names = peerNames(peers)
  const simulation = simulate({
    ...{ seed: 1, peers, topology: 'full', rounds: 2 },
    training: createToyTraining({ peers, dimensions: 48, seed: 1, init: 'different' }),
    merge: { chunkBytes: 16, liar: { id: names.at(-1)!, does } },
    world: { devices: { stepMs: 10 }, timeouts: { pullMs: HANG_MS, memberMs: 1e7 } },
  })
  simulation.run(3_000_000)
  return names.slice(0, -1).map((id) => simulation.merged(id))
}

describe('a liar that answers late, and never whoever asks for averages', () => {
  for (const peers of [4, 5, 7]) {
    it(`does not end the first call of ${peers}, though it owes nothing but averages`, () => {
      for (const outcome of merging('hangs-for-averages', peers)) assert.equal(outcome?.mergeId, '1.1')
    })

    it(`cannot choose who goes, of ${peers}`, () => {
      for (const outcome of merging('chooses-who-goes', peers)) {
        assert.equal(outcome?.mergeId, '1.1')
        assert.deepEqual(outcome.missing, [])
      }
    })
  }
})
