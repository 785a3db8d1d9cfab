import { graphOf, type Topology } from '../../../../protocols/topology/index.js'

/** Two member indices. */
export type Pair = readonly [number, number]

/** Who pulls from whom in a round: the puller first. */
export const pullsOf = (topology: Topology, members: readonly string[], round: number): readonly Pair[] => {
  const indexOf = new Map(members.map((id, index) => [id, index]))
  return [...graphOf(topology, members, round)].flatMap(([self, neighbours]) =>
    neighbours.map((id): Pair => [indexOf.get(self)!, indexOf.get(id)!]),
  )
}

/** Each pair once, the smaller index first, whoever pulls. */
export const edgesOf = (pulls: readonly Pair[], count: number): readonly Pair[] => {
  const edges = new Map<number, Pair>()
  for (const [a, b] of pulls) {
    const edge: Pair = a < b ? [a, b] : [b, a]
    edges.set(edge[0] * count + edge[1], edge)
  }
  return [...edges.values()]
}

/** By index: those that a member pulls from. */
export const neighboursOf = (pulls: readonly Pair[], count: number): readonly (readonly number[])[] => {
  const neighbours: number[][] = Array.from({ length: count }, () => [])
  for (const [puller, pulled] of pulls) neighbours[puller]!.push(pulled)
  return neighbours
}
