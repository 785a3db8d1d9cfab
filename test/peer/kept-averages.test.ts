import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOwners } from '../../protocols/final-merge/reduce-scatter/owners.js'
import { TIMING } from './merge-network.js'
import { IDS, setUpMerges } from './merges-of-members.js'

/** So many that audits, which make a few of them anew, do not meet those that matter here: chunks have 256 floats. */
const CHUNKS = 100

describe('an owner that keeps its averages from one member, and says nothing of a result', () => {
  it('does not hold it up for the time of an exchange: who stands in has taken them, and makes them when asked', async (test) => {
    const ids = [...IDS, 'dee', 'eli']
    const [victim, liar] = ['bob', 'dee']
    const owners = createOwners({ members: ids, chunks: CHUNKS, salt: '1.1' })
    const kept = Array.from({ length: CHUNKS }, (_, chunk) => owners.candidates(chunk).slice(0, 3)).filter(
      (makers) => makers[0] === liar && !makers.includes(victim),
    )
    assert.ok(kept.length > 5)
    const { clock, net, members, ann } = setUpMerges(test, { ids, length: 256 * CHUNKS })
    net.lies((from, { type }, reply, to) =>
      from === liar && to === victim && type === 'average' ? { type: 'none' } : reply,
    )
    // Four of five are needed: not without the one that is kept waiting.
    net.loses((from, { type }) => from === liar && (type === 'ready' || type === 'result'))
    ann.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.length === 1))
    assert.ok(performance.now() < TIMING.pullMs / 2, `${performance.now()} ms`)
    for (const { merged } of members) assert.deepEqual(merged[0]!.outcome.roster, [...ids].sort())
  })
})
