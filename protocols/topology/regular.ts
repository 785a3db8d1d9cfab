import { TopologyError } from '../errors.js'
import { checkMemberCount, countOf, type TopologyKind } from './contract.js'
import { adjacencyOf, type EdgeList } from './edges.js'
import { checkEdgeCount } from './indexed.js'
import { NO_NEIGHBOURS, namedGraph, perMembers } from './per-members.js'
import { circulantEdges, hamiltonianEdges } from './regular-edges.js'

/**
 * A random k-regular graph: the union of ⌊k/2⌋ edge-disjoint Hamiltonian cycles and, for odd k, a perfect matching
 * (the H-graphs of Law and Siu 2003, "Distributed construction of random expander networks", INFOCOM). Connected by
 * construction, an expander with high probability, so its spectral gap does not shrink with n.
 *
 * The cycles are ordered by a hash of each member's id, so everyone computes the same graph alone, and a join or
 * leave cuts and joins one place in each cycle: O(k) edges. For odd k it also re-pairs the matching, so prefer even k
 * where members come and go.
 *
 * Relaxed, when membership does not allow k: min(k, n − 1), one less if n times that is odd; never below 2 while
 * there are three members, because a 1-regular graph of more than two members falls apart.
 */
export const regular: TopologyKind = {
  name: 'regular',
  parameters: [countOf('k', '4')],
  create: ({ spec: name, values: [count = 1], seed }) => {
    const graphOf = perMembers((members) => {
      const edges = edgesOf(members, relaxedDegree(count, members.length), seed)
      const adjacent = adjacencyOf(members.length, edges)
      return namedGraph(members, (index) => adjacent[index]!)
    })
    return {
      name,
      kind: 'fixed',
      check: (memberCount) => checkRegular(count, memberCount),
      neighbours: ({ members, self }) => graphOf(members).get(self) ?? NO_NEIGHBOURS,
    }
  },
}

const edgesOf = (members: readonly string[], degree: number, seed: number): EdgeList => {
  // Above half of all pairs, disjoint cycles seldom exist near a random order, and randomness gains nothing.
  const sparse = degree <= members.length / 2
  return (sparse ? hamiltonianEdges(members, degree, seed) : null) ?? circulantEdges(members, degree, seed)
}

const relaxedDegree = (count: number, memberCount: number): number => {
  const most = Math.min(count, memberCount - 1)
  if (most <= 1) return Math.min(2, memberCount - 1)
  return (most * memberCount) % 2 === 0 ? most : most - 1
}

const checkRegular = (count: number, memberCount: number): void => {
  const name = `regular:${count}`
  checkMemberCount(name, memberCount)
  const details = { topology: name, memberCount, degree: count }
  if (count >= memberCount) {
    throw new TopologyError(
      'IMPOSSIBLE',
      `${name} gives everyone ${count} neighbours, but ${memberCount} members have only ${memberCount - 1} others each. ` +
        (memberCount > 1 ? `Use full, a smaller k, or ${count + 1} members or more.` : 'Add members.'),
      details,
    )
  }
  if (count === 1 && memberCount > 2) {
    throw new TopologyError(
      'DISCONNECTED',
      `regular:1 joins ${memberCount} members in pairs that never hear of each other. Use regular:2 or more.`,
      details,
    )
  }
  if ((count * memberCount) % 2 === 1) {
    throw new TopologyError(
      'IMPOSSIBLE',
      `no graph gives ${memberCount} members ${count} neighbours each: ${memberCount} × ${count} is odd and every edge ` +
        `has two ends. Use regular:${count - 1}` +
        `${count + 1 < memberCount ? ` or regular:${count + 1}` : ''}, or one member more or less.`,
      details,
    )
  }
  checkEdgeCount(name, memberCount, (count * memberCount) / 2)
}
