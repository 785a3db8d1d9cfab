import { graphOf, isConnected, type Topology } from '../../../protocols/topology/index.js'

/** Rounds of a time-varying topology that are looked at. Guess: random ones are connected after a few. */
const ROUNDS_MAX = 32

/**
 * With whom a peer exchanges mass: both ways, so that it is a neighbour of its neighbours. Of a time-varying topology
 * the graphs of the first rounds together, as many as it takes to connect all. The same for all who know the same
 * members.
 * @param members sorted, each once.
 */
export const pushSumNeighbours = (
  topology: Topology,
  { members, self }: { readonly members: readonly string[]; readonly self: string },
): readonly string[] => {
  if (topology.kind === 'fixed') return topology.neighbours({ members, self, round: 0 })
  const both = new Map(members.map((id) => [id, new Set<string>()]))
  for (let round = 0; round < ROUNDS_MAX; round++) {
    for (const [id, chosen] of graphOf(topology, members, round)) {
      for (const other of chosen) {
        both.get(id)!.add(other)
        both.get(other)!.add(id)
      }
    }
    if (isConnected(new Map([...both].map(([id, others]) => [id, [...others]])))) break
  }
  return [...(both.get(self) ?? [])].sort()
}
