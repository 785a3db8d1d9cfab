import { rowOf, type PullGraph } from './pull-graph.js'

/** Hops of the longest shortest path. */
export interface Diameter {
  readonly hops: number
  /** False: searched from some members only, so the graph may be wider. */
  readonly exact: boolean
}

/** Members up to which every one is searched from: a few tenths of a second. */
const MEMBERS_SEARCHED_MAX = 2000
/** Members searched from in larger graphs, evenly spread in their order. A guess. */
const MEMBERS_SAMPLED = 100

/** Breadth first from each member, or from some of a large graph. @param graph undirected and connected. */
export const diameterOf = (graph: PullGraph): Diameter => {
  const { size } = graph
  const exact = size <= MEMBERS_SEARCHED_MAX
  const starts = exact ? size : MEMBERS_SAMPLED
  let hops = 0
  for (let k = 0; k < starts; k++) hops = Math.max(hops, eccentricity(graph, Math.floor((k * size) / starts)))
  return { hops, exact }
}

/** Hops from one member to the one furthest from it. */
const eccentricity = (graph: PullGraph, start: number): number => {
  const hops = new Int32Array(graph.size).fill(-1)
  const reached = [start]
  hops[start] = 0
  for (const index of reached) {
    if (reached.length === graph.size) break
    for (const neighbour of rowOf(graph, index)) {
      if (hops[neighbour] !== -1) continue
      hops[neighbour] = hops[index]! + 1
      reached.push(neighbour)
    }
  }
  return Math.max(0, hops[reached.at(-1)!]!)
}
