import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTopology, graphOf } from '../../protocols/topology/index.js'
import { membersOf } from './members.js'

/** Neighbour lists that change when one of 100 members leaves, the mean over who leaves and the first rounds. */
const listsChanged = (spec: string): number => {
  const topology = createTopology(spec, 1)
  const members = membersOf(100)
  const rounds = topology.kind === 'fixed' ? [0] : [0, 1, 2, 3]
  let changed = 0
  for (const round of rounds) {
    const before = graphOf(topology, members, round)
    for (const gone of members) {
      const after = graphOf(
        topology,
        members.filter((id) => id !== gone),
        round,
      )
      for (const [id, list] of after) if (list.join() !== before.get(id)!.join()) changed += 1
    }
  }
  return changed / (rounds.length * members.length)
}

describe('when one of 100 members leaves', () => {
  it('changes as many lists as follow from the shape', () => {
    // The two beside the one who left.
    assert.equal(listsChanged('ring'), 2)
    // The hub's list 99 times, and once, when the hub leaves, all 99.
    assert.equal(listsChanged('star'), 1.98)
    assert.equal(listsChanged('full'), 99)
    // Those whose hop of 1, 2, 4 or 8 leads to or over the one who left: 15 / 4.
    assert.equal(listsChanged('one-peer-exponential'), 3.75)
  })
  it('changes as many lists as the README says', () => {
    const table: Readonly<Record<string, number>> = {
      ...{
        torus: 99,
        grid: 99,
        'tree:2': 44,
        'regular:4': 4,
        'erdos-renyi:0.1': 99,
        'small-world:4:0.1': 55,
      },
      ...{
        'scale-free:2': 73,
        'geometric:0.3': 96,
        exponential: 99,
        'base:1': 46,
        'base:2': 96,
        'random:4': 99,
      },
    }
    for (const [spec, expected] of Object.entries(table))
      assert.equal(Math.round(listsChanged(spec)), expected, spec)
  })
})
