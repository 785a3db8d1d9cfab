import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { certificateFault } from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import { createToyTraining, lies, peerNames, signaturesOf, simulate, type Lie } from '../harness/index.js'

/** The last ones lie. @returns what the others end with. */
const merging = (
  does: Lie,
  { peers, lying }: { readonly peers: number; readonly lying: number },
  seed: number,
) => {
  const names = peerNames(peers)
  const liars = names.slice(-lying)
  const simulation = simulate({
    ...{ seed, peers, topology: 'full', rounds: 2 },
    training: createToyTraining({ peers, dimensions: 48, seed, init: 'different' }),
    merge: { chunkBytes: 16, liars: liars.map((id) => ({ id, does })) },
    world: {
      links: { latencyMs: 10, jitterMs: 10 },
      devices: { stepMs: 10 },
      timeouts: { pullMs: 1_600, memberMs: 1e7 },
    },
  })
  simulation.run(3_000_000)
  const honest = names.filter((id) => !liars.includes(id))
  return honest.map((id) => ({
    ...{ id, outcome: simulation.merged(id) },
    joined: simulation.merging!.joinedBy(simulation.peer(id)),
  }))
}

describe('liars that call when others are in a merge, or about to be', () => {
  for (const does of lies.filter((lie) => lie.startsWith('calls-'))) {
    for (const [lying, peers] of [
      [1, 4],
      [1, 5],
      [1, 7],
      [2, 10],
      [2, 13],
    ] as const) {
      it(`and tell ${does}, ${lying} of ${peers}, end few merges, and then all have one result`, () => {
        for (let seed = 1; seed <= 3; seed++) {
          const outcomes = merging(does, { peers, lying }, seed)
          const why = `seed ${seed}`
          // Once, so often as calls may end others, and once more for each that was given up.
          const most = 1 + limits.mergeInterruptionsMax + limits.mergeCallsMax - 1
          for (const { id, outcome, joined } of outcomes) {
            assert.ok(outcome, `${why}: ${id} has none`)
            assert.equal(outcome.digest, outcomes[0]!.outcome!.digest, why)
            assert.equal(certificateFault(outcome.certificate!, signaturesOf('x').verify), undefined, why)
            assert.ok(joined.length <= most, `${why}: ${id} has joined ${joined.join()}`)
          }
        }
      })
    }
  }
})
