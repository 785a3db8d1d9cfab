import { checkMemberCount, type TopologyKind } from './contract.js'
import { NO_NEIGHBOURS } from './per-members.js'

/**
 * Everyone with everyone: one round of mixing is the exact average, at n − 1 pulls a round. The baseline that
 * others are measured against (D-PSGD, Lian et al. 2017, arXiv 1705.09056).
 */
export const full: TopologyKind = {
  name: 'full',
  parameters: [],
  create: () => ({
    name: 'full',
    kind: 'fixed',
    check: (memberCount) => checkMemberCount('full', memberCount),
    // Not cached: n lists of n − 1 ids are 100 million references for 10,000 members.
    neighbours: ({ members, self }) => {
      const others = members.filter((id) => id !== self)
      return others.length === members.length ? NO_NEIGHBOURS : others
    },
  }),
}
