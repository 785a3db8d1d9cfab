import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createEdgeListTopology,
  createTopology,
  describeTopology,
  type TopologyDescription,
} from '../../protocols/topology/index.js'
import { manyMembers } from './members.js'

const described = (spec: string, count: number, rounds?: number): TopologyDescription =>
  describeTopology(createTopology(spec, 1), manyMembers(count), rounds === undefined ? {} : { rounds })

describe('describing a topology', () => {
  it('counts a star', () => {
    const { spectralGap, ...counted } = described('star', 5)
    assert.deepEqual(counted, {
      ...{ name: 'star', kind: 'fixed', members: 5, edges: 4 },
      // 1·4 and 4·1 over 5 members
      ...{ degreeMin: 1, degreeMean: 1.6, degreeMax: 4 },
      ...{ connected: true, components: 1, diameter: { hops: 2, exact: true } },
      snapshotsPerRound: { pulled: 1.6, total: 8 },
      ...{ period: 1, rounds: 1 },
    })
    assert.ok(Math.abs(spectralGap - 0.2) < 1e-12)
  })
  it('counts base:1 over its period', () => {
    // 3 members: a–b, b–c, a–b; two snapshots each round, one of three members rests.
    assert.deepEqual(described('base:1', 3), {
      ...{ name: 'base:1', kind: 'time-varying', members: 3, edges: 2 },
      ...{ degreeMin: 0, degreeMean: 2 / 3, degreeMax: 1 },
      ...{ connected: true, components: 1, spectralGap: 1 },
      snapshotsPerRound: { pulled: 2 / 3, total: 2 },
      ...{ period: 3, rounds: 3 },
    })
  })
  it('looks at as many rounds as asked when nothing repeats', () => {
    const { degreeMean, snapshotsPerRound, period, rounds, diameter } = described('random:2', 20, 7)
    assert.deepEqual(
      { degreeMean, snapshotsPerRound, period, rounds, diameter },
      {
        degreeMean: 2,
        snapshotsPerRound: { pulled: 2, total: 40 },
        period: null,
        rounds: 7,
        diameter: undefined,
      },
    )
    // One round of one pull each can't join 20 members: at most 20 pulls make at most 20 edges, some in both directions.
    assert.ok(described('random:1', 20, 1).edges <= 20)
    assert.ok(described('random:1', 20, 30).connected)
  })
  it('measures the diameter', () => {
    assert.deepEqual(described('ring', 9).diameter, { hops: 4, exact: true })
    assert.deepEqual(described('grid', 12).diameter, { hops: 5, exact: true }) // 3 × 4: 2 + 3
    assert.deepEqual(described('tree:2', 15).diameter, { hops: 6, exact: true })
    // From some members of a large one, all of which see the same ring.
    assert.deepEqual(described('ring', 2001).diameter, { hops: 1000, exact: false })
  })
  it('gives full in closed form, like the same graph edge by edge', () => {
    const members = manyMembers(6)
    const pairs = members.flatMap((_, i) => members.slice(i + 1).map((_other, j) => `${i} ${i + 1 + j}`))
    const full = described('full', 6)
    assert.equal(full.edges, 15)
    // Without its own weights the listed graph would take the same short cut; with them it is measured.
    const measured = describeTopology(
      {
        ...createEdgeListTopology({ name: 'full', text: pairs.join('\n') }),
        kind: 'time-varying',
        period: () => 1,
      },
      members,
    )
    assert.deepEqual(
      { ...full, diameter: undefined, kind: 'time-varying' },
      { ...measured, diameter: undefined },
    )
  })
  it('describes one member alone', () => {
    const { edges, degreeMax, connected, diameter, spectralGap } = described('ring', 1)
    assert.deepEqual(
      { edges, degreeMax, connected, diameter, spectralGap },
      { edges: 0, degreeMax: 0, connected: true, diameter: { hops: 0, exact: true }, spectralGap: 1 },
    )
  })
  it('counts pieces', () => {
    const pairs = {
      name: 'pairs',
      kind: 'fixed' as const,
      check: () => undefined,
      neighbours: ({ self }: { self: string }) => [{ a: 'b', b: 'a', c: 'd', d: 'c' }[self]!],
    }
    const { connected, components, diameter, spectralGap } = describeTopology(pairs, ['a', 'b', 'c', 'd'])
    assert.deepEqual(
      { connected, components, diameter, spectralGap },
      { connected: false, components: 2, diameter: undefined, spectralGap: 0 },
    )
  })
})
