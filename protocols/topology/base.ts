import { checkMemberCount, countOf, type TopologyKind } from './contract.js'
import { basePhases, type Exchange, type Phase } from './base-phases.js'
import { indexOfMembers, NO_NEIGHBOURS, perCount, perMembers } from './per-members.js'

/**
 * The Base-(k+1) graph: at most k neighbours in each round, the weights prescribed, and after one period, about
 * 2·log_{k+1}(n) rounds, every member holds the exact average, for any n (Takezawa et al. 2023, "Beyond Exponential
 * Graph: Communication-Efficient Topologies for Decentralized Learning via Finite-time Convergence", NeurIPS,
 * arXiv 2305.11420). `base-phases.ts` says how. Undirected in each round; in some rounds some members have no neighbour.
 *
 * Exact in lock step and with its own mixing weights only. A join or leave redraws half of the lists or more.
 */
export const base: TopologyKind = {
  name: 'base',
  parameters: [countOf('k', '2')],
  create: ({ spec: name, values: [degree = 1] }) => {
    const phasesOf = perCount((memberCount) => basePhases(memberCount, degree))
    const cycleOf = perMembers((members) => ({
      indexOf: indexOfMembers(members),
      phases: namedPhases(phasesOf(members.length), members),
    }))
    const exchangeOf = (members: readonly string[], self: string, round: number): NamedExchange => {
      const { indexOf, phases } = cycleOf(members)
      const own = indexOf.get(self)
      return own === undefined || phases.length === 0 ? IDLE : phases[round % phases.length]!(own)
    }
    return {
      name,
      kind: 'time-varying',
      check: (memberCount) => checkMemberCount(name, memberCount),
      neighbours: ({ members, self, round }) => exchangeOf(members, self, round).neighbours,
      mixingWeights: ({ members, self, round }) => exchangeOf(members, self, round).weights,
      period: (memberCount) => Math.max(1, phasesOf(memberCount).length),
    }
  },
}

interface NamedExchange {
  readonly neighbours: readonly string[]
  readonly weights: readonly number[]
}

const IDLE: NamedExchange = { neighbours: NO_NEIGHBOURS, weights: Object.freeze([]) }

/** Per phase, what the member at an index does; sorted and named when it is first asked for. */
const namedPhases = (
  phases: readonly Phase[],
  members: readonly string[],
): readonly ((own: number) => NamedExchange)[] =>
  phases.map((phase) => {
    const known: (NamedExchange | undefined)[] = []
    return (own) => (known[own] ??= named(phase[own] ?? [], members))
  })

const named = (exchanges: readonly Exchange[], members: readonly string[]): NamedExchange => {
  if (exchanges.length === 0) return IDLE
  const sorted = [...exchanges].sort((a, b) => a.with - b.with)
  return {
    neighbours: Object.freeze(sorted.map((exchange) => members[exchange.with] as string)),
    weights: Object.freeze(sorted.map(({ weight }) => weight)),
  }
}
