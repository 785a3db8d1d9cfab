import { TopologyError } from '../errors.js'
import { createRandom, type Random } from '../random.js'
import { checkMemberCount, countOf, type TopologyKind } from './contract.js'
import { indexOfMembers, NO_NEIGHBOURS, perMembers } from './per-members.js'

/**
 * Each round, s other members drawn uniformly without replacement, by each member for itself (epidemic learning:
 * de Vos et al. 2023, arXiv 2310.01972, EL-Local). Departure: the paper's members push to the ones they drew; ours
 * pull from them, so the in-degree is exactly s and the number of readers varies. With fewer than s + 1 members:
 * all the others.
 */
export const random: TopologyKind = {
  name: 'random',
  parameters: [countOf('s', '4')],
  create: ({ spec: name, values: [count = 1], seed }) => {
    const indexOf = perMembers(indexOfMembers)
    return {
      name,
      kind: 'time-varying',
      check(memberCount) {
        checkMemberCount(name, memberCount)
        if (count < memberCount) return
        throw new TopologyError(
          'IMPOSSIBLE',
          `${name} draws ${count} other members, but ${memberCount} members have only ${memberCount - 1} others each. ` +
            (memberCount > 1 ? `Use random:${memberCount - 1} or less, or add members.` : 'Add members.'),
          { topology: name, memberCount, count },
        )
      },
      neighbours({ members, self, round }) {
        const own = indexOf(members).get(self)
        if (own === undefined) return NO_NEIGHBOURS
        const others = members.length - 1
        const drawn = drawBelow(others, Math.min(count, others), createRandom(seed, 'random', round, self))
        return drawn.map((position) => members[position < own ? position : position + 1] as string)
      },
    }
  },
}

/**
 * `count` different integers in [0, bound), ascending. A Fisher-Yates shuffle that stores only the places it has
 * touched, so that it costs O(count) however many members there are.
 */
const drawBelow = (bound: number, count: number, source: Random): number[] => {
  const moved = new Map<number, number>()
  const drawn: number[] = []
  for (let i = 0; i < count; i++) {
    const j = i + source.below(bound - i)
    drawn.push(moved.get(j) ?? j)
    moved.set(j, moved.get(i) ?? i)
  }
  return drawn.sort((a, b) => a - b)
}
