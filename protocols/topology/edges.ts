/** Undirected edges as pairs of member indices, each once. */
export type EdgeList = readonly (readonly [number, number])[]

/** Neighbours of each member, by index. */
export type IndexGraph = readonly (readonly number[])[]

/** Edges as they are added, each once whichever end comes first. */
export class EdgeSet {
  readonly list: [number, number][] = []
  readonly #keys = new Set<number>()
  constructor(readonly memberCount: number) {}

  has(a: number, b: number): boolean {
    return this.#keys.has(this.#keyOf(a, b))
  }

  add(a: number, b: number): void {
    if (this.has(a, b)) return
    this.#keys.add(this.#keyOf(a, b))
    this.list.push([a, b])
  }

  #keyOf(a: number, b: number): number {
    return Math.min(a, b) * this.memberCount + Math.max(a, b)
  }
}

/** Both directions of every edge, in the order of the list. */
export const adjacencyOf = (memberCount: number, edges: EdgeList): number[][] => {
  const adjacent: number[][] = Array.from({ length: memberCount }, () => [])
  for (const [a, b] of edges) {
    adjacent[a]!.push(b)
    adjacent[b]!.push(a)
  }
  return adjacent
}

/**
 * The first member of each connected component, ascending. One entry: connected; none: no members.
 * @param graph undirected: with i in j's list, j is in i's.
 */
export const firstOfComponents = (graph: IndexGraph): number[] => {
  const seen = new Uint8Array(graph.length)
  const firsts: number[] = []
  for (let start = 0; start < graph.length; start++) {
    if (seen[start] === 1) continue
    firsts.push(start)
    seen[start] = 1
    const reached = [start]
    // The list grows while it is walked.
    for (const index of reached) {
      for (const neighbour of graph[index]!) {
        if (seen[neighbour] === 1) continue
        seen[neighbour] = 1
        reached.push(neighbour)
      }
    }
  }
  return firsts
}

/**
 * The graph with its components joined in a chain, first member to first member: how topologies that fell apart when
 * members left hold together. Changes `graph` in place and returns it.
 */
export const joinComponents = (graph: number[][]): number[][] => {
  const firsts = firstOfComponents(graph)
  for (let i = 1; i < firsts.length; i++) {
    graph[firsts[i - 1]!]!.push(firsts[i]!)
    graph[firsts[i]!]!.push(firsts[i - 1]!)
  }
  return graph
}
