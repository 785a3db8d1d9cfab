import type { NeighboursAsked, Topology } from './contract.js'
import { pullGraph, rowOf, type PullGraph } from './pull-graph.js'

/**
 * The share of each neighbour's model in one member's mix, aligned with `neighbours`; the rest is its own: what the
 * topology prescribes, else Metropolis-Hastings from the degrees for a fixed graph (w_ij = 1/(1 + max(d_i, d_j)), Xiao
 * and Boyd 2004, §4.1), else 1/(1 + d). Never throws.
 */
export const mixingWeights = (topology: Topology, asked: NeighboursAsked): readonly number[] => {
  if (topology.mixingWeights) return topology.mixingWeights(asked)
  const neighbours = topology.neighbours(asked)
  const own = neighbours.length
  if (topology.kind === 'time-varying') return neighbours.map(() => 1 / (1 + own))
  return neighbours.map((self) => 1 / (1 + Math.max(own, topology.neighbours({ ...asked, self }).length)))
}

/**
 * The mixing matrix W of one round, sparse: row i holds what member i mixes, so one round of mixing is x → W·x. Rows
 * sum to 1. For fixed topologies it is symmetric.
 */
export interface MixingMatrix extends PullGraph {
  /** Shares of the neighbours, aligned with `columns`. */
  readonly shares: Float64Array
  /** The diagonal: what each keeps of its own. */
  readonly own: Float64Array
}

/** @throws TopologyError IMPOSSIBLE for a graph too dense to hold. */
export const mixingMatrix = (topology: Topology, members: readonly string[], round: number): MixingMatrix => {
  const graph = pullGraph(topology, members, round)
  const shares = new Float64Array(graph.columns.length)
  const own = new Float64Array(members.length)
  members.forEach((self, i) => {
    const row = topology.mixingWeights?.({ members, self, round }) ?? defaultShares(topology, graph, i)
    shares.set(row, graph.rowStarts[i])
    own[i] = 1 - row.reduce((sum, share) => sum + share, 0)
  })
  return { ...graph, shares, own }
}

/** As `mixingWeights`, from the degrees at hand. */
const defaultShares = (topology: Topology, graph: PullGraph, index: number): readonly number[] => {
  const degree = (i: number): number => graph.rowStarts[i + 1]! - graph.rowStarts[i]!
  const mine = degree(index)
  return Array.from(rowOf(graph, index), (neighbour) =>
    topology.kind === 'fixed' ? 1 / (1 + Math.max(mine, degree(neighbour))) : 1 / (1 + mine),
  )
}

/** One round of mixing, result = W·values. The arrays must differ and have `size` entries; `result` is overwritten. */
export const mix = (matrix: MixingMatrix, values: Float64Array, result: Float64Array): void => {
  const { size, rowStarts, columns, shares, own } = matrix
  for (let i = 0; i < size; i++) {
    let sum = own[i]! * values[i]!
    for (let k = rowStarts[i]!; k < rowStarts[i + 1]!; k++) sum += shares[k]! * values[columns[k]!]!
    result[i] = sum
  }
}

/** result = Wᵀ·values, likewise. */
export const mixTransposed = (matrix: MixingMatrix, values: Float64Array, result: Float64Array): void => {
  const { size, rowStarts, columns, shares, own } = matrix
  for (let i = 0; i < size; i++) result[i] = own[i]! * values[i]!
  for (let i = 0; i < size; i++) {
    const value = values[i]!
    for (let k = rowStarts[i]!; k < rowStarts[i + 1]!; k++) result[columns[k]!]! += shares[k]! * value
  }
}
