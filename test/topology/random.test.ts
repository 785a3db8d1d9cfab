import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTopology } from '../../protocols/topology/index.js'
import { membersOf } from './members.js'

describe('random:s', () => {
  it('draws exactly s, or all the others when there are fewer', () => {
    const drawn = (s: number, count: number) =>
      createTopology(`random:${s}`, 1).neighbours({ members: membersOf(count), self: 'p01', round: 2 })
    assert.equal(drawn(3, 10).length, 3)
    assert.deepEqual([...drawn(9, 4)], ['p00', 'p02', 'p03'])
  })

  it('draws every other member equally often', () => {
    const topology = createTopology('random:3', 11)
    const members = membersOf(10)
    const times = new Map<string, number>()
    for (let round = 0; round < 6000; round++) {
      for (const id of topology.neighbours({ members, self: 'p04', round })) {
        times.set(id, (times.get(id) ?? 0) + 1)
      }
    }
    assert.equal(times.size, 9)
    // 6000 draws with probability 3/9 each: 2000 expected, standard deviation sqrt(6000 · 1/3 · 2/3) = 36.5; five of them are 183.
    for (const [id, count] of times) assert.ok(Math.abs(count - 2000) < 183, `${id}: ${count}`)
  })
})
