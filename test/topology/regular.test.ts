import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTopology, degreesOf, graphOf, isConnected } from '../../protocols/topology/index.js'
import { membersOf } from './members.js'

const regularGraph = (degree: number, count: number, seed = 1) =>
  graphOf(createTopology(`regular:${degree}`, seed), membersOf(count))

/** What the README promises, worked out the slow way: the largest degree that exists, is connected and is at most k. */
const relaxed = (degree: number, count: number): number => {
  for (let d = Math.min(degree, count - 1); d > 0; d--) {
    if ((d * count) % 2 === 0 && (d > 1 || count === 2)) return d
  }
  return Math.min(2, count - 1)
}

describe('regular:k', () => {
  it('gives everyone exactly k neighbours wherever such a connected graph exists', () => {
    for (let count = 2; count <= 40; count++) {
      for (let degree = 1; degree < count; degree++) {
        if ((degree * count) % 2 === 1 || (degree === 1 && count > 2)) continue
        for (const seed of [1, 2, 3]) {
          createTopology(`regular:${degree}`, seed).check(count)
          const graph = regularGraph(degree, count, seed)
          const label = `regular:${degree}, ${count} members, seed ${seed}`
          assert.deepEqual(degreesOf(graph), { min: degree, max: degree }, label)
          assert.ok(isConnected(graph), label)
        }
      }
    }
  })

  it('relaxes to min(k, n − 1), one less if that is odd times odd, and 2 for regular:1', () => {
    for (let count = 2; count <= 12; count++) {
      for (let degree = 1; degree <= 14; degree++) {
        const expected = relaxed(degree, count)
        const label = `regular:${degree}, ${count} members`
        assert.deepEqual(degreesOf(regularGraph(degree, count)), { min: expected, max: expected }, label)
      }
    }
    assert.equal(relaxed(4, 4), 3) // min(4, 3) = 3, 3 · 4 even
    assert.equal(relaxed(3, 5), 2) // 3 · 5 odd
    assert.equal(relaxed(1, 7), 2)
  })

  it('disturbs only a few members when one leaves', () => {
    const topology = createTopology('regular:4', 1)
    const members = membersOf(100)
    const before = graphOf(topology, members)
    const changes = members.map((gone) => {
      const after = graphOf(
        topology,
        members.filter((id) => id !== gone),
      )
      return [...after].filter(([id, neighbours]) => neighbours.join() !== before.get(id)!.join()).length
    })
    // The four neighbours of the one who left, and now and then those of a member who trades places.
    assert.ok(Math.min(...changes) >= 4)
    assert.ok(Math.max(...changes) <= 10, `${Math.max(...changes)} lists changed`)
    assert.ok(changes.reduce((sum, n) => sum + n, 0) / 100 < 5)
  })

  it('mixes like an expander: 1,000 members are within 8 hops of each other at k = 4', () => {
    const members = Array.from({ length: 1000 }, (_, i) => `peer-${String(i).padStart(4, '0')}`)
    const graph = graphOf(createTopology('regular:4', 5), members)
    let frontier = new Set([members[0]!])
    for (let hop = 0; hop < 9; hop++) {
      frontier = new Set([...frontier, ...[...frontier].flatMap((id) => graph.get(id)!)])
    }
    assert.equal(frontier.size, 1000) // a ring would have reached 19
  })
})

describe('checking regular:k', () => {
  const check = (degree: number, count: number) => () => createTopology(`regular:${degree}`, 1).check(count)

  it('refuses as many neighbours as members, with the numbers', () => {
    assert.throws(check(4, 4), {
      code: 'IMPOSSIBLE',
      message: /regular:4 gives everyone 4 neighbours, but 4 members have only 3 others.*5 members or more/,
      details: { topology: 'regular:4', memberCount: 4, degree: 4 },
    })
    assert.throws(check(4, 1), { code: 'IMPOSSIBLE' })
  })
  it('refuses odd times odd and names what works', () => {
    assert.throws(check(3, 7), {
      code: 'IMPOSSIBLE',
      message: /Use regular:2 or regular:4, or one member more/,
    })
    assert.throws(check(5, 7), { code: 'IMPOSSIBLE', message: /Use regular:4 or regular:6/ })
  })
  it('refuses pairs that never meet, and takes the one pair', () => {
    assert.throws(check(1, 4), { code: 'DISCONNECTED' })
    assert.throws(check(1, 5), { code: 'DISCONNECTED' })
    assert.doesNotThrow(check(1, 2))
  })
})
