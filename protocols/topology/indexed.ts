import { TopologyError } from '../errors.js'
import { limits } from '../limits.js'
import { checkMemberCount, type Topology } from './contract.js'
import { adjacencyOf, firstOfComponents, joinComponents, type EdgeList } from './edges.js'
import { namedGraph, NO_NEIGHBOURS, perCount, perMembers } from './per-members.js'

export interface IndexedTopology {
  readonly name: string
  /** The graph over member indices; the same for the same number. Must give some graph for every number from 1. */
  edges(memberCount: number): EdgeList
  /** About how many edges there will be, so that a graph too large is refused before it is built. */
  edgesExpected(memberCount: number): number
  /** Further checks, made before the graph is built. @throws TopologyError */
  check?(memberCount: number): void
  /** What to do when the graph falls apart: `Use a larger p`. Absent where it can't. */
  readonly advice?: string
}

/**
 * A fixed topology whose graph depends on the number of members and not on their ids: member i is the i-th in sorted
 * order. So `check` is exact before anyone's id is known. Relaxed, when members have left and the graph falls apart:
 * its components are joined in a chain, first member to first member. A join or leave moves every later member by one
 * place, so it redraws many lists.
 */
export const indexedTopology = (graph: IndexedTopology): Topology => {
  const { name } = graph
  // The graph that `check` built serves `neighbours` too: some take a second over 10,000 members.
  const edges = perCount((memberCount) => graph.edges(memberCount))
  const graphOf = perMembers((members) => {
    const joined = joinComponents(adjacencyOf(members.length, edges(members.length)))
    return namedGraph(members, (index) => joined[index]!)
  })
  return {
    name,
    kind: 'fixed',
    check: (memberCount) => checkIndexed({ ...graph, edges }, memberCount),
    neighbours: ({ members, self }) => graphOf(members).get(self) ?? NO_NEIGHBOURS,
  }
}

const checkIndexed = (graph: IndexedTopology, memberCount: number): void => {
  const { name, advice } = graph
  checkMemberCount(name, memberCount)
  graph.check?.(memberCount)
  checkEdgeCount(name, memberCount, graph.edgesExpected(memberCount))
  if (advice === undefined) return
  const components = firstOfComponents(adjacencyOf(memberCount, graph.edges(memberCount))).length
  if (components > 1) throw disconnected({ name, memberCount, components, advice })
}

/** @throws TopologyError IMPOSSIBLE when a graph would not fit in memory. */
export const checkEdgeCount = (topology: string, memberCount: number, expected: number): void => {
  const edges = Math.ceil(expected)
  if (edges <= limits.topologyEdgesMax) return
  throw new TopologyError(
    'IMPOSSIBLE',
    `${topology} with ${memberCount} members has about ${edges} edges; at most ${limits.topologyEdgesMax} are kept. ` +
      'Use a sparser topology, fewer members, or full, which keeps none.',
    { topology, memberCount, edges, edgesMax: limits.topologyEdgesMax },
  )
}

/** The error of a graph in pieces. */
export const disconnected = ({
  name,
  memberCount,
  components,
  advice,
}: {
  readonly name: string
  readonly memberCount: number
  readonly components: number
  readonly advice: string
}): TopologyError =>
  new TopologyError(
    'DISCONNECTED',
    `${name} over ${memberCount} members falls into ${components} components that never hear of each other. ${advice}.`,
    { topology: name, memberCount, components },
  )
