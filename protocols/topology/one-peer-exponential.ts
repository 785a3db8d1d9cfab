import { checkMemberCount, type TopologyKind } from './contract.js'
import { indexOfMembers, NO_NEIGHBOURS, perMembers } from './per-members.js'

/**
 * One neighbour per round: in round t member i, in sorted order, pulls from member i + 2^(t mod ⌈log2 n⌉) (mod n).
 * With shares of one half each, and n a power of two, ⌈log2 n⌉ rounds are the exact average (Ying et al. 2021,
 * "Exponential Graph is Provably Efficient for Decentralized Deep Training", arXiv 2110.13363, §4). For other n it
 * approaches the average, and base:k is exact. That holds in lock step; peers at different rounds only come near.
 */
export const onePeerExponential: TopologyKind = {
  name: 'one-peer-exponential',
  parameters: [],
  create: ({ spec: name }) => {
    const indexOf = perMembers(indexOfMembers)
    return {
      name,
      kind: 'time-varying',
      check: (memberCount) => checkMemberCount(name, memberCount),
      neighbours({ members, self, round }) {
        const own = indexOf(members).get(self)
        if (own === undefined || members.length === 1) return NO_NEIGHBOURS
        const hop = 2 ** (round % hopsOf(members.length))
        return [members[(own + hop) % members.length] as string]
      },
      period: hopsOf,
    }
  },
}

/** ⌈log2 n⌉, at least 1. */
const hopsOf = (memberCount: number): number => {
  let hops = 1
  while (2 ** hops < memberCount) hops++
  return hops
}
