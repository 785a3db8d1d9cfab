import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UndirectedGraph } from 'graphology'
import { erdosRenyi as binomialGraph } from 'graphology-generators/random/index.js'
import { createRandom } from '../../protocols/random.js'
import {
  createTopology,
  degreesOf,
  graphOf,
  isConnected,
  type Adjacency,
} from '../../protocols/topology/index.js'
import { manyMembers, membersOf } from './members.js'

const graph = (spec: string, count: number, seed = 1): Adjacency =>
  graphOf(createTopology(spec, seed), manyMembers(count))
const edgeCount = (adjacency: Adjacency): number =>
  [...adjacency.values()].reduce((sum, { length }) => sum + length, 0) / 2
const check =
  (spec: string, count: number, seed = 1) =>
  () =>
    createTopology(spec, seed).check(count)
/** Edges by index, of the graph itself. */
const pairsOf = (adjacency: Adjacency): Set<string> => {
  const ids = [...adjacency.keys()]
  return new Set(
    ids.flatMap((id, i) =>
      adjacency.get(id)!.flatMap((other) => (other > id ? `${i}-${ids.indexOf(other)}` : [])),
    ),
  )
}

describe('erdos-renyi:p', () => {
  it('joins each pair when its draw is below p, pairs in order', () => {
    const random = createRandom(9, 'erdos-renyi')
    const expected = new Set<string>()
    for (let i = 0; i < 30; i++)
      for (let j = i + 1; j < 30; j++) if (random.next() < 0.3) expected.add(`${i}-${j}`)
    assert.deepEqual(pairsOf(graph('erdos-renyi:0.3', 30, 9)), expected)
  })
  it('is what graphology-generators draws from the same numbers', () => {
    const random = createRandom(9, 'erdos-renyi')
    const theirs = binomialGraph(UndirectedGraph, { order: 30, probability: 0.3, rng: () => random.next() })
    const pairs = theirs.mapEdges((_edge, _attributes, a, b) => `${a}-${b}`)
    assert.deepEqual(pairsOf(graph('erdos-renyi:0.3', 30, 9)), new Set(pairs))
  })
  it('has about p of all pairs', () => {
    // 300 members: 44,850 pairs, 4,485 expected, standard deviation sqrt(44850 · 0.1 · 0.9) = 63.5; five of them are 318.
    assert.ok(Math.abs(edgeCount(graph('erdos-renyi:0.1', 300)) - 4485) < 318)
    assert.equal(edgeCount(graph('erdos-renyi:1', 20)), 190)
  })
  it('refuses a graph in pieces, with their number and what to change', () => {
    assert.throws(check('erdos-renyi:0', 4), {
      code: 'DISCONNECTED',
      message: /erdos-renyi:0 over 4 members falls into 4 components.*Use a larger p/,
      details: { topology: 'erdos-renyi:0', memberCount: 4, components: 4 },
    })
    assert.doesNotThrow(check('erdos-renyi:0', 1))
    assert.doesNotThrow(check('erdos-renyi:0.3', 30, 9))
  })
  it('chains the pieces at their first members when it has to go on', () => {
    assert.deepEqual(
      [...graphOf(createTopology('erdos-renyi:0', 1), ['a', 'b', 'c']).values()],
      [['b'], ['a', 'c'], ['b']],
    )
  })
  it('refuses more edges than fit in memory before it draws them', () => {
    assert.throws(check('erdos-renyi:1', 10_000), { code: 'IMPOSSIBLE', message: /about 49995000 edges/ })
    assert.throws(check('regular:5000', 10_000), { code: 'IMPOSSIBLE', message: /about 25000000 edges/ })
  })
})

describe('every graph that its check lets pass', () => {
  it('is connected without any added edge, and one that it refuses is not', () => {
    let refused = 0
    for (const spec of ['erdos-renyi:0.15', 'small-world:2:0.3', 'geometric:0.3']) {
      for (let seed = 1; seed <= 30; seed++) {
        const connected = graph(spec, 24, seed)
        assert.ok(isConnected(connected))
        try {
          createTopology(spec, seed).check(24)
        } catch (error) {
          refused += 1
          assert.equal((error as { code: string }).code, 'DISCONNECTED')
        }
      }
    }
    // Both happen, so the check is neither always true nor always false.
    assert.ok(refused > 5 && refused < 85, String(refused))
  })
})

describe('small-world:k:p', () => {
  it('is the lattice at p = 0', () => {
    const lists = [...graphOf(createTopology('small-world:4:0', 1), 'abcdefg'.split('')).values()]
    assert.deepEqual(
      lists.map((list) => list.join('')),
      ['bcfg', 'acdg', 'abde', 'bcef', 'cdfg', 'adeg', 'abef'],
    )
  })
  it('moves far ends and keeps the number of edges', () => {
    for (const p of [0.05, 0.3, 1]) {
      const moved = graph(`small-world:6:${p}`, 200)
      assert.equal(edgeCount(moved), 600)
      const kept = [...pairsOf(moved)].filter((pair) => {
        const [a, b] = pair.split('-').map(Number) as [number, number]
        return Math.min(b - a, 200 - (b - a)) <= 3
      }).length
      // 600·(1 − p) stay and of the others 5/199 fall near by chance; the standard deviation is below 13, five are 65.
      assert.ok(Math.abs(kept - 600 * (1 - p) - 600 * p * 0.025) < 65, `p = ${p}: ${kept}`)
      // Everyone keeps the k/2 edges that it holds at the near end.
      assert.ok(degreesOf(moved).min >= 3)
    }
  })
  it('refuses odd k and k above the others, and says what to use', () => {
    assert.throws(check('small-world:5:0.1', 20), { code: 'IMPOSSIBLE', message: /Use an even k, 4 or 6/ })
    assert.throws(check('small-world:1:0.1', 20), { code: 'IMPOSSIBLE', message: /Use an even k, 2\./ })
    assert.throws(check('small-world:4:0.1', 4), { code: 'IMPOSSIBLE', message: /5 members or more/ })
    assert.doesNotThrow(check('small-world:4:0.1', 5))
  })
  it('rewires nothing where everyone is everyone’s neighbour', () => {
    assert.deepEqual(degreesOf(graph('small-world:4:1', 5)), { min: 4, max: 4 })
  })
})

describe('scale-free:m', () => {
  it('begins with m + 1 members joined to each other and adds m edges per member', () => {
    // 4·3/2 + (100 − 4)·3
    const grown = graph('scale-free:3', 100)
    assert.equal(edgeCount(grown), 294)
    assert.equal(degreesOf(grown).min, 3)
    assert.ok(isConnected(grown))
    assert.deepEqual(degreesOf(graph('scale-free:3', 4)), { min: 3, max: 3 })
  })
  it('has hubs: the largest degree of 1,000 members is many times the mean', () => {
    // Largest about m·√n = 63 (mean 4); a random graph of that mean would have 12 or so.
    assert.ok(degreesOf(graph('scale-free:2', 1000)).max > 30)
  })
  it('refuses m that the first member could not have', () => {
    assert.throws(check('scale-free:4', 4), {
      code: 'IMPOSSIBLE',
      message: /smaller m, or 5 members or more/,
    })
    assert.doesNotThrow(check('scale-free:4', 5))
    assert.deepEqual(degreesOf(graph('scale-free:4', 3)), { min: 2, max: 2 })
  })
})

describe('geometric:r', () => {
  it('joins those at most r apart', () => {
    const random = createRandom(3, 'geometric')
    const points = Array.from({ length: 40 }, () => [random.next(), random.next()] as const)
    const expected = new Set<string>()
    for (let i = 0; i < 40; i++) {
      for (let j = i + 1; j < 40; j++) {
        const [a, b] = [points[i]!, points[j]!]
        if (Math.hypot(a[0] - b[0], a[1] - b[1]) <= 0.4) expected.add(`${i}-${j}`)
      }
    }
    assert.deepEqual(pairsOf(graph('geometric:0.4', 40, 3)), expected)
  })
  it('refuses pieces and advises a larger radius', () => {
    assert.throws(check('geometric:0', 30), {
      code: 'DISCONNECTED',
      message: /30 components.*Use a larger r/,
    })
  })
  it('estimates its edges before it builds them', () => {
    // r = 1: π − 8/3 + 1/2 = 0.975 of 49,995,000 pairs.
    assert.throws(check('geometric:1', 10_000), { code: 'IMPOSSIBLE', message: /about 487\d{5} edges/ })
  })
})

describe('topologies by place in the order', () => {
  it('are checked before anyone is known and mean the same for any ids', () => {
    for (const spec of ['torus', 'grid', 'star', 'tree:3', 'erdos-renyi:0.3', 'scale-free:2']) {
      const topology = createTopology(spec, 4)
      const shape = (members: readonly string[]) => [...pairsOf(graphOf(topology, members))]
      assert.deepEqual(shape(membersOf(25)), shape(manyMembers(25)), spec)
    }
  })
})
