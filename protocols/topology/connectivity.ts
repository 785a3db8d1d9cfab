import type { Topology } from './contract.js'

/** Each member's neighbours, by id. */
export type Adjacency = ReadonlyMap<string, readonly string[]>

/**
 * The whole graph: of a fixed topology the one that stands, of a time-varying one that of `round` (default 0),
 * directed.
 */
export const graphOf = (topology: Topology, members: readonly string[], round = 0): Adjacency =>
  new Map(members.map((self) => [self, topology.neighbours({ members, self, round })]))

/**
 * Whether every member is reached from the first one along the listed edges (breadth first). For an undirected
 * graph that is connectivity. A graph of no member or one member is connected.
 */
export const isConnected = (adjacency: Adjacency): boolean => {
  const [first] = adjacency.keys()
  if (first === undefined) return true
  const reached = new Set([first])
  // A set iterates over what is added on the way, so it is its own queue.
  for (const id of reached) for (const neighbour of adjacency.get(id) ?? []) reached.add(neighbour)
  return reached.size === adjacency.size
}

/** The fewest and the most neighbours that a member has; 0 and 0 for an empty graph. */
export const degreesOf = (adjacency: Adjacency): { readonly min: number; readonly max: number } => {
  let min = Infinity
  let max = 0
  for (const { length } of adjacency.values()) {
    min = Math.min(min, length)
    max = Math.max(max, length)
  }
  return { min: adjacency.size === 0 ? 0 : min, max }
}
