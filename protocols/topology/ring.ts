import { checkMemberCount, type TopologyKind } from './contract.js'
import { namedGraph, NO_NEIGHBOURS, perMembers } from './per-members.js'

/**
 * Each member and the ones before and after it in sorted order, the last joined to the first. Two members have one
 * neighbour each. The slowest mixing of all: the spectral gap falls as 1/n² (D-PSGD, Lian et al. 2017, arXiv
 * 1705.09056).
 */
export const ring: TopologyKind = {
  name: 'ring',
  parameters: [],
  create: () => {
    const graphOf = perMembers((members) =>
      namedGraph(members, (index) => [
        (index + 1) % members.length,
        (index + members.length - 1) % members.length,
      ]),
    )
    return {
      name: 'ring',
      kind: 'fixed',
      check: (memberCount) => checkMemberCount('ring', memberCount),
      neighbours: ({ members, self }) => graphOf(members).get(self) ?? NO_NEIGHBOURS,
    }
  },
}
