import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createTopology,
  degreesOf,
  graphOf,
  isConnected,
  mixingWeights,
  topologyKinds,
  type Adjacency,
} from '../../protocols/topology/index.js'
import { membersOf } from './members.js'

const COUNTS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 21, 23, 25, 31, 32, 39, 40]
const SEEDS = [1, 7, 20_260_101]
/** What each parameter is tried with: too much for small groups, and fractions that leave single members. */
const TRIED = { count: [1, 2, 3, 4, 8, 39], fraction: [0, 0.05, 0.3, 1] }
const specs = topologyKinds.flatMap(({ name, parameters }) =>
  parameters.reduce<string[]>(
    (heads, { kind }) => heads.flatMap((head) => TRIED[kind].map((value) => `${head}:${value}`)),
    [name],
  ),
)

const eachCase = (visit: (spec: string, count: number, seed: number) => void): void => {
  for (const spec of specs) for (const count of COUNTS) for (const seed of SEEDS) visit(spec, count, seed)
}
const adjacencyOf = (spec: string, count: number, seed: number, round = 0): Adjacency =>
  graphOf(createTopology(spec, seed), membersOf(count), round)

describe('every topology, with 2 to 40 members', () => {
  it('gives sorted, distinct members other than oneself', () => {
    eachCase((spec, count, seed) => {
      const members = new Set(membersOf(count))
      const { kind } = createTopology(spec, seed)
      for (const [self, neighbours] of adjacencyOf(spec, count, seed, 3)) {
        const label = `${spec}, ${count} members, seed ${seed}, ${self}`
        assert.deepEqual([...neighbours], [...new Set(neighbours)].sort(), label)
        assert.ok(!neighbours.includes(self), label)
        assert.ok(
          neighbours.every((id) => members.has(id)),
          label,
        )
        // One that varies may let a member rest for a round.
        assert.ok(neighbours.length >= 1 || kind === 'time-varying', label)
      }
    })
  })

  it('is symmetric, connected and the same in every round when it is fixed', () => {
    eachCase((spec, count, seed) => {
      if (createTopology(spec, seed).kind !== 'fixed') return
      const label = `${spec}, ${count} members, seed ${seed}`
      const graph = adjacencyOf(spec, count, seed)
      assert.ok(isConnected(graph), label)
      assert.deepEqual(adjacencyOf(spec, count, seed, 9), graph, label)
      for (const [self, neighbours] of graph) {
        for (const id of neighbours) assert.ok(graph.get(id)!.includes(self), `${label}: ${self} and ${id}`)
      }
    })
  })

  it('reaches everyone within its period, or a few rounds, when it varies', () => {
    eachCase((spec, count, seed) => {
      const topology = createTopology(spec, seed)
      if (topology.kind !== 'time-varying') return
      const members = membersOf(count)
      const union = new Map(
        members.map((self) => {
          const length = topology.period?.(count) ?? 12
          const rounds = Array.from({ length }, (_, round) => topology.neighbours({ members, self, round }))
          return [self, rounds.flat()]
        }),
      )
      assert.ok(isConnected(union), `${spec}, ${count} members, seed ${seed}`)
    })
  })

  it('begins again after its period', () => {
    eachCase((spec, count, seed) => {
      const period = createTopology(spec, seed).period?.(count)
      if (period === undefined) return
      const label = `${spec}, ${count} members`
      assert.ok(Number.isSafeInteger(period) && period >= 1, label)
      assert.deepEqual(adjacencyOf(spec, count, seed, period + 2), adjacencyOf(spec, count, seed, 2), label)
    })
  })

  it('gives weights for its neighbours that leave something for oneself', () => {
    eachCase((spec, count, seed) => {
      const topology = createTopology(spec, seed)
      const members = membersOf(count)
      for (const self of members) {
        const asked = { members, self, round: 3 }
        const weights = mixingWeights(topology, asked)
        const label = `${spec}, ${count} members, seed ${seed}, ${self}`
        assert.equal(weights.length, topology.neighbours(asked).length, label)
        assert.ok(
          weights.every((weight) => weight > 0),
          label,
        )
        assert.ok(weights.reduce((sum, weight) => sum + weight, 0) <= 1 + 1e-12, label)
      }
    })
  })

  it('is the same from another object with the same seed and members', () => {
    eachCase((spec, count, seed) => {
      assert.deepEqual(adjacencyOf(spec, count, seed, 5), adjacencyOf(spec, count, seed, 5))
    })
  })

  it('does not depend on who asked before', () => {
    for (const spec of specs) {
      const shared = createTopology(spec, 7)
      const members = membersOf(20)
      const asked = (self: string) => shared.neighbours({ members, self, round: 4 })
      const forwards = members.map(asked)
      assert.deepEqual([...members].reverse().map(asked).reverse(), forwards, spec)
    }
  })

  it('leaves a lone member and a stranger without neighbours', () => {
    for (const spec of specs) {
      const topology = createTopology(spec, 1)
      assert.deepEqual([...topology.neighbours({ members: ['only'], self: 'only', round: 0 })], [], spec)
      assert.deepEqual([...topology.neighbours({ members: membersOf(5), self: 'zoe', round: 0 })], [], spec)
      assert.deepEqual([...topology.neighbours({ members: [], self: 'zoe', round: 0 })], [], spec)
      assert.deepEqual([...mixingWeights(topology, { members: ['only'], self: 'only', round: 0 })], [], spec)
      assert.deepEqual(
        [...mixingWeights(topology, { members: membersOf(5), self: 'zoe', round: 0 })],
        [],
        spec,
      )
    }
  })

  it('follows a change of members, and remembers the former ones', () => {
    for (const spec of specs) {
      const topology = createTopology(spec, 1)
      const before = membersOf(12)
      const after = before.filter((id) => id !== 'p03')
      const first = graphOf(topology, before)
      const gone = graphOf(topology, after)
      assert.ok(![...gone.values()].flat().includes('p03'), spec)
      assert.deepEqual(graphOf(topology, before), first, spec)
    }
  })

  it('refuses a run without members', () => {
    for (const spec of specs) {
      for (const count of [0, -1, 1.5, NaN]) {
        assert.throws(() => createTopology(spec, 1).check(count), { code: 'IMPOSSIBLE' }, spec)
      }
    }
  })

  it('is named as it was asked for', () => {
    for (const spec of specs) assert.equal(createTopology(spec, 1).name, spec)
  })
})

describe('the topologies that draw lots', () => {
  it('differ between seeds', () => {
    for (const spec of [
      ...['regular:2', 'regular:3', 'regular:4', 'random:2'],
      ...['erdos-renyi:0.2', 'small-world:4:0.2', 'scale-free:2', 'geometric:0.3'],
    ]) {
      assert.notDeepEqual(adjacencyOf(spec, 20, 1), adjacencyOf(spec, 20, 2), spec)
    }
  })
  it('differ between rounds when they vary', () => {
    for (const spec of ['random:2', 'one-peer-exponential', 'base:2']) {
      assert.notDeepEqual(adjacencyOf(spec, 20, 1, 0), adjacencyOf(spec, 20, 1, 1), spec)
    }
  })
})

describe('10,000 members who share one topology object', () => {
  it('each find their neighbours from one graph', () => {
    const members = Array.from({ length: 10_000 }, (_, i) => `peer-${String(i).padStart(5, '0')}`)
    for (const [spec, degree] of [
      ['ring', 2],
      ['regular:4', 4],
      ['exponential', 28],
      ['random:6', 6],
      ['torus', 4],
      ['one-peer-exponential', 1],
    ] as const) {
      // exponential: hops 1 to 8192 are 14, both ways 28, and no two of them meet at n = 10,000.
      const graph = graphOf(createTopology(spec, 3), members)
      assert.deepEqual(degreesOf(graph), { min: degree, max: degree }, spec)
    }
    assert.equal(
      createTopology('full', 3).neighbours({ members, self: members[17]!, round: 0 }).length,
      9_999,
    )
  })
})
