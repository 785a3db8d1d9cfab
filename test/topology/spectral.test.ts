import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createEdgeListTopology,
  createTopology,
  spectralGap,
  type Topology,
} from '../../protocols/topology/index.js'
import { contractionOf, denseMixing, eigenvaluesOf } from './dense.js'
import { manyMembers } from './members.js'

const gapOf = (spec: string, count: number, rounds?: number): number =>
  spectralGap(createTopology(spec, 1), manyMembers(count), rounds === undefined ? {} : { rounds })

const near = (actual: number, expected: number, relative: number, label = ''): void =>
  assert.ok(Math.abs(actual / expected - 1) <= relative, `${label} ${actual}, expected ${expected}`)

describe('the spectral gap of a fixed topology', () => {
  it('is that of the ring in closed form', () => {
    // Weights 1/3: eigenvalues (1 + 2·cos(2πk/n))/3, the second largest in size for k = 1 from n = 6 on.
    for (const count of [6, 7, 64, 1000, 3000]) {
      near(gapOf('ring', count), (2 / 3) * (1 - Math.cos((2 * Math.PI) / count)), 1e-6, `n = ${count}`)
    }
    // n = 4: 1, 1/3, 1/3 and −1/3.
    near(gapOf('ring', 4), 2 / 3, 1e-12)
  })
  it('is that of the path in closed form', () => {
    // 997 is prime: one row. Weights 1/3 throughout: eigenvalues 1 − (2/3)·(1 − cos(πk/n)).
    near(gapOf('grid', 997), (2 / 3) * (1 - Math.cos(Math.PI / 997)), 1e-6)
  })
  it('is 1 for full, whose weights are all 1/n', () => {
    for (const count of [2, 3, 17]) assert.equal(gapOf('full', count), 1)
  })
  it('is 1 for one member and for two', () => {
    assert.equal(gapOf('ring', 1), 1)
    assert.equal(gapOf('ring', 2), 1) // shares of one half each
  })
  it('is 1/n for a star', () => {
    // Weights 1/n: the leaves among themselves keep 1 − 1/n of their differences; the third eigenvalue is 0.
    for (const count of [3, 10, 500]) near(gapOf('star', count), 1 / count, 1e-9)
  })
  it('is (2 − √2)/5 for the 8 × 8 torus', () => {
    // Weights 1/5: eigenvalues (1 + 2·cos(2πa/8) + 2·cos(2πb/8))/5; a = 1, b = 0 gives (3 + √2)/5.
    near(gapOf('torus', 64), (2 - Math.SQRT2) / 5, 1e-9)
  })
  it('is 1/3 for the exponential graph of 64', () => {
    // 11 neighbours. The character of 32: hops 1 and −1 give −1 each, the nine others 1: (1 − 2 + 9)/12 = 2/3.
    near(gapOf('exponential', 64), 1 / 3, 1e-9)
  })
  it('is 2/(d + 1) for the hypercube, given as an edge list', () => {
    // d = 5: one neighbour across each dimension, eigenvalues (1 + 5 − 2j)/6; j = 1 gives 4/6, j = 5 gives −4/6.
    const lines = Array.from({ length: 32 }, (_, i) =>
      [1, 2, 4, 8, 16].filter((bit) => (i & bit) === 0).map((bit) => `${i} ${i | bit}`),
    )
    const hypercube = createEdgeListTopology({ name: 'edges:cube', text: lines.flat().join('\n') })
    near(spectralGap(hypercube, manyMembers(32)), 1 / 3, 1e-9)
  })
  it('is what a dense eigenvalue solver finds', () => {
    const specs = [
      'regular:3',
      'erdos-renyi:0.3',
      'small-world:4:0.3',
      'scale-free:2',
      'geometric:0.5',
      'tree:3',
    ]
    for (const spec of specs) {
      const topology = createTopology(spec, 5)
      const members = manyMembers(24)
      const eigenvalues = eigenvaluesOf(denseMixing(topology, members, 0))
      near(eigenvalues[0]!, 1, 1e-12)
      const second = Math.max(eigenvalues[1]!, -eigenvalues.at(-1)!)
      near(spectralGap(topology, members), 1 - second, 1e-9, spec)
    }
  })
  it('is found for 10,000 members of an expander', () => {
    // Nearly Ramanujan: λ2 about (1 + 2·√7)/9 = 0.699.
    const gap = gapOf('regular:8', 10_000)
    assert.ok(gap > 0.295 && gap < 0.31, String(gap))
  })
})

describe('the spectral gap of a time-varying topology', () => {
  it('is 1 where the period is the exact average', () => {
    assert.equal(gapOf('one-peer-exponential', 64), 1)
    assert.equal(gapOf('base:1', 23), 1)
    assert.equal(gapOf('base:3', 1000), 1)
  })
  it('is the geometric mean over the period where it is not', () => {
    // n = 3: (I + P)/2 and (I + P²)/2 with P³ = I. For ω ≠ 1: (1 + ω)(1 + ω²)/4 = (1 + ω + ω² + 1)/4 = 1/4 over two
    // rounds, so 1/2 of the disagreement stays after each.
    near(gapOf('one-peer-exponential', 3), 1 / 2, 1e-12)
  })
  it('is what dense matrices give for directed pulls', () => {
    const topology = createTopology('random:2', 3)
    const members = manyMembers(15)
    const matrices = [0, 1, 2, 3].map((round) => denseMixing(topology, members, round))
    const perRound = Math.sqrt(Math.sqrt(contractionOf(matrices)))
    near(spectralGap(topology, members, { rounds: 4 }), 1 - perRound, 1e-9)
  })
  it('does not take many quick rounds for an exact average', () => {
    // Each round leaves more than nothing, their product is below what float64 tells from 0.
    const gap = gapOf('random:40', 64, 40)
    assert.ok(gap > 0.8 && gap < 0.97, String(gap))
    // Everyone pulls from everyone.
    assert.equal(gapOf('random:9', 10), 1)
  })
  it('refuses what is too dense to hold', () => {
    const members = manyMembers(8)
    const threeMillion = new Array<string>(3_000_000).fill(members[3]!)
    const topology: Topology = {
      name: 'flood',
      kind: 'time-varying',
      check: () => undefined,
      neighbours: () => threeMillion,
    }
    // 24 million pulls in one round; 20 million may be held.
    assert.throws(() => spectralGap(topology, members, { rounds: 1 }), {
      code: 'IMPOSSIBLE',
      message: /too dense to be analysed.*fewer rounds/,
    })
  })
})
