import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measure } from '../../node/cli/topology/figures.js'
import { spread } from '../../node/cli/topology/picture/frame.js'
import { edgesOf, pullsOf, type Pair } from '../../node/cli/topology/picture/graph.js'
import { drawTopology } from '../../node/cli/topology/picture/index.js'
import { layoutOf } from '../../node/cli/topology/picture/places.js'
import {
  createEdgeListTopology,
  createTopology,
  memberNames,
  type Topology,
} from '../../protocols/topology/index.js'

const laidOut = (name: string, count: number, seed = 1) => {
  const edges = edgesOf(pullsOf(createTopology(name, seed), memberNames(count), 0), count)
  const layout = layoutOf({ name, count, seed, edges })
  const lengthOf = ([a, b]: Pair): number => {
    const [from, to] = [layout.places[a]!, layout.places[b]!]
    return Math.hypot(from.x - to.x, from.y - to.y)
  }
  return { edges, layout, lengthOf }
}

const drawing = (topology: Topology, count: number, seed = 1): string => {
  const members = memberNames(count)
  return drawTopology({ topology, members, seed, figures: measure(topology, members, 1).figures })
}

describe('where peers are drawn', () => {
  for (const count of [12, 13, 36]) {
    it(`puts neighbours of a grid of ${count} one step apart`, () => {
      const { edges, lengthOf } = laidOut('grid', count)
      assert.deepEqual(
        edges.map(lengthOf),
        edges.map(() => 1),
      )
    })
  }

  it('lets the edges of a torus that are longer than a step leave at the border', () => {
    const { edges, layout, lengthOf } = laidOut('torus', 12)
    const leaving = edges.filter((edge) => layout.leaves!(edge))
    // 3 rows of 4: one way round for each row and each column.
    assert.equal(leaving.length, 3 + 4)
    for (const edge of edges) assert.equal(lengthOf(edge) > 1, layout.leaves!(edge))
  })

  it('puts the peers of a geometric graph where they were joined', () => {
    const { edges, lengthOf } = laidOut('geometric:0.3', 40, 5)
    const joined = new Set(edges.map(([a, b]) => `${a} ${b}`))
    for (let b = 0; b < 40; b++) {
      for (let a = 0; a < b; a++) assert.equal(joined.has(`${a} ${b}`), lengthOf([a, b]) <= 0.3, `${a} ${b}`)
    }
  })

  it('puts a parent above the middle of its children', () => {
    // 0 over 1 2 3; 1 over 4 5 6, and 2 over 7 alone. Leaves from the left: 4 5 6 7 3, a fifth apart.
    const { places } = laidOut('tree:3', 8).layout
    const across = places.map(({ x }) => Math.round(x * 10))
    // In tenths: 1 above 5, 2 above 7, 0 between 1 at 2 and 3 at 8.
    assert.deepEqual(across, [5, 2, 6, 8, 0, 2, 4, 6])
    assert.deepEqual(
      places.map(({ y }) => Math.round(y / places[1]!.y)),
      [0, 1, 1, 1, 2, 2, 2, 2],
    )
  })

  it('pushes discs apart that lie on one another', () => {
    const heap = [
      { x: 3, y: 3 },
      { x: 3, y: 3 },
    ]
    // 2 + 5 + 1 apart, sideways, each moved by half of it.
    assert.deepEqual(spread(heap, [2, 5], 1), [
      { x: -1, y: 3 },
      { x: 7, y: 3 },
    ])
  })
})

describe('a drawing', () => {
  const names = [
    'ring',
    'torus',
    'star',
    'tree:2',
    'erdos-renyi:0.5',
    'small-world:4:0.1',
    'base:2',
    'random:2',
  ]
  for (const name of names) {
    it(`of ${name} is the same every time, and has a number for every place`, () => {
      const once = drawing(createTopology(name, 3), 12, 3)
      assert.equal(drawing(createTopology(name, 3), 12, 3), once)
      assert.doesNotMatch(once, /NaN|Infinity|undefined|null/)
    })
    it(`of ${name} exists for the fewest peers`, () => {
      for (const count of [1, 2]) {
        const topology = createTopology(name, 3)
        if (measure(topology, memberNames(count), 1).failure) continue
        assert.doesNotMatch(drawing(topology, count, 3), /NaN|Infinity|undefined|null/)
      }
    })
  }

  it('changes with the seed of a random topology', () => {
    assert.notEqual(
      drawing(createTopology('erdos-renyi:0.5', 3), 12, 3),
      drawing(createTopology('erdos-renyi:0.5', 4), 12, 4),
    )
  })

  it('names up to 40 peers, and more only when pointed at', () => {
    const labels = (count: number): number =>
      drawing(createTopology('ring', 1), count).match(/<text [^>]*>p\d+</g)?.length ?? 0
    assert.deepEqual([labels(40), labels(41)], [40, 0])
  })

  it('lets no file name break out of the text', () => {
    const topology = createEdgeListTopology({ name: 'edges:</title><script>&', text: '0 1' })
    const drawn = drawing(topology, 2)
    assert.ok(!drawn.includes('<script>'))
    assert.ok(drawn.includes('edges:&lt;/title&gt;&lt;script&gt;&amp;, 2 peers'))
  })

  it('dresses itself for a dark page', () => {
    assert.match(drawing(createTopology('ring', 1), 3), /@media \(prefers-color-scheme: dark\)/)
  })
})
