import type { Topology } from './contract.js'
import { diameterOf, type Diameter } from './diameter.js'
import { adjacencyOf, firstOfComponents, type EdgeList } from './edges.js'
import { checkPulls, isComplete, pullGraph, rowOf, type PullGraph } from './pull-graph.js'
import { DEFAULT_ROUNDS, roundsToLookAt, spectralGap } from './spectral.js'

/** A topology in numbers, for people. */
export interface TopologyDescription {
  readonly name: string
  readonly kind: Topology['kind']
  /** How many there are. */
  readonly members: number
  /** Fixed: undirected edges. Time-varying: pairs with a pull between them in any of the rounds looked at. */
  readonly edges: number
  /** Neighbours per member; of a time-varying topology over the members and the rounds looked at. */
  readonly degreeMin: number
  readonly degreeMean: number
  readonly degreeMax: number
  /** Whether all members hear of each other: over all rounds looked at, either way along a pull. */
  readonly connected: boolean
  readonly components: number
  /** Hops between the two members furthest apart; absent when time-varying or disconnected. */
  readonly diameter?: Diameter
  /** Part of the members' disagreement that one round of mixing surely removes, 0 to 1. See `spectralGap`. */
  readonly spectralGap: number
  /** Snapshots that travel in one round when everyone pulls from all its neighbours; the mean over the rounds. */
  readonly snapshotsPerRound: {
    /** By one member, on average. */
    readonly pulled: number
    /** By all members. */
    readonly total: number
  }
  /** Rounds after which the graphs begin again: 1 for fixed, null when they never do. */
  readonly period: number | null
  /** Rounds that the numbers above are taken over: 1 for fixed, the period, or what was asked for. */
  readonly rounds: number
}

export interface DescribeOptions {
  /** Rounds to look at of a topology that varies without a period; others ignore it. @default 20, a guess */
  readonly rounds?: number
}

/**
 * Describes a topology over the given members. Call `checkTopology` first: this describes the relaxed graph, too.
 * @param members sorted, each once; at least one.
 * @throws TopologyError IMPOSSIBLE for a graph too dense to hold, other than one that joins everyone with everyone.
 */
export const describeTopology = (
  topology: Topology,
  members: readonly string[],
  { rounds: asked = DEFAULT_ROUNDS }: DescribeOptions = {},
): TopologyDescription => {
  const { name, kind } = topology
  const count = members.length
  const rounds = roundsToLookAt(topology, count, asked)
  const shape = isComplete(topology, members) ? completeShape(count) : shapeOf(topology, members, rounds)
  const { pulls, ...measured } = shape
  return {
    ...{ name, kind, members: count },
    ...measured,
    degreeMean: pulls / (rounds * count),
    connected: shape.components === 1,
    spectralGap: spectralGap(topology, members, { rounds }),
    snapshotsPerRound: { pulled: pulls / (rounds * count), total: pulls / rounds },
    period: kind === 'fixed' || topology.period ? rounds : null,
    rounds,
  }
}

interface Shape {
  readonly edges: number
  readonly degreeMin: number
  readonly degreeMax: number
  readonly components: number
  readonly diameter?: Diameter
  /** Of all members in all rounds. */
  readonly pulls: number
}

const completeShape = (count: number): Shape => ({
  edges: (count * (count - 1)) / 2,
  degreeMin: count - 1,
  degreeMax: count - 1,
  components: 1,
  diameter: { hops: Math.min(1, count - 1), exact: true },
  pulls: count * (count - 1),
})

const shapeOf = (topology: Topology, members: readonly string[], rounds: number): Shape => {
  const graphs: PullGraph[] = []
  let pulls = 0
  let degreeMin = Infinity
  let degreeMax = 0
  for (let round = 0; round < rounds; round++) {
    const graph = pullGraph(topology, members, round)
    for (let i = 0; i < graph.size; i++) {
      const degree = rowOf(graph, i).length
      degreeMin = Math.min(degreeMin, degree)
      degreeMax = Math.max(degreeMax, degree)
    }
    pulls += graph.columns.length
    checkPulls(topology, pulls)
    graphs.push(graph)
  }
  const edges = unionOf(graphs, pulls)
  const components = firstOfComponents(adjacencyOf(members.length, edges)).length
  const shape = { edges: edges.length, degreeMin, degreeMax, components, pulls }
  return topology.kind === 'fixed' && components === 1
    ? { ...shape, diameter: diameterOf(graphs[0]!) }
    : shape
}

/** Every pair with a pull either way in any of the graphs, once. */
const unionOf = (graphs: readonly PullGraph[], pulls: number): EdgeList => {
  const keys = new Float64Array(pulls)
  let written = 0
  for (const graph of graphs) {
    for (let i = 0; i < graph.size; i++) {
      for (const j of rowOf(graph, i)) keys[written++] = Math.min(i, j) * graph.size + Math.max(i, j)
    }
  }
  const edges: [number, number][] = []
  keys.sort().forEach((key, at) => {
    const { size } = graphs[0]!
    if (at === 0 || key !== keys[at - 1]) edges.push([Math.floor(key / size), key % size])
  })
  return edges
}
