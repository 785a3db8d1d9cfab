import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createToyTraining, peerNames, simulate, type Lie } from '../harness/index.js'

/** Milliseconds: a third of what an exchange gets, as between real peers. */
const HANG_MS = 1_600

/** The last of the peers lies. @returns what the others end with. */
const merging = (does: Lie, peers: number, { seed = 1, hangMs = HANG_MS } = {}) => {
  const names = peerNames(peers)
  const simulation = simulate({
    ...{ seed, peers, topology: 'full', rounds: 2 },
    training: createToyTraining({ peers, dimensions: 48, seed, init: 'different' }),
    merge: { chunkBytes: 16, liars: [{ id: names.at(-1)!, does }] },
    world: {
      links: { latencyMs: 20, jitterMs: 300 },
      devices: { stepMs: 10 },
      timeouts: { pullMs: hangMs, memberMs: 1e7 },
    },
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
        for (const id of peerNames(peers).slice(0, -1)) assert.ok(outcome.roster.includes(id), id)
      }
    })
  }
})

describe('a liar that says it has a result as soon as another has, and gives it to nobody', () => {
  it('does not keep the slower ones from the result of the first call, however long it hangs', () => {
    for (let seed = 1; seed <= 10; seed++) {
      for (const outcome of merging('ready-too-early', 4, { seed, hangMs: 8_000 }))
        assert.equal(outcome?.mergeId, '1.1')
    }
  })
})
