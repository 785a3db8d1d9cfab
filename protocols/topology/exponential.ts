import { checkMemberCount, type TopologyKind } from './contract.js'
import { namedGraph, NO_NEIGHBOURS, perMembers } from './per-members.js'

/**
 * Static exponential graph: member i, in sorted order, with i ± 2^j (mod n) for every 2^j < n. Spectral gap of order
 * 1/log n at about 2·log2(n) neighbours (Ying et al. 2021, "Exponential Graph is Provably Efficient for Decentralized
 * Deep Training", arXiv 2110.13363). Departure: the paper's graph is directed, i + 2^j only; this one is undirected,
 * because Metropolis-Hastings weights are doubly stochastic only on undirected graphs. A join or leave moves every
 * later member by one place and so redraws most edges.
 */
export const exponential: TopologyKind = {
  name: 'exponential',
  parameters: [],
  create: () => {
    const graphOf = perMembers((members) => namedGraph(members, (index) => hopsFrom(index, members.length)))
    return {
      name: 'exponential',
      kind: 'fixed',
      check: (memberCount) => checkMemberCount('exponential', memberCount),
      neighbours: ({ members, self }) => graphOf(members).get(self) ?? NO_NEIGHBOURS,
    }
  },
}

const hopsFrom = (index: number, count: number): number[] => {
  const reached: number[] = []
  for (let hop = 1; hop < count; hop *= 2) reached.push((index + hop) % count, (index + count - hop) % count)
  return reached
}
