import { TopologyError } from '../errors.js'

/** Who exchanges weights with whom. One object may serve any number of callers. */
export interface Topology {
  /** As in the run configuration: `regular:4`. */
  readonly name: string
  /**
   * `fixed`: an undirected graph that depends on the members alone, so a neighbour of mine has me as a neighbour.
   * `time-varying`: a directed choice that changes every round; I pull from my neighbours, they may not pull from me.
   * In some rounds a member may have none.
   */
  readonly kind: 'fixed' | 'time-varying'
  /**
   * Whether the topology means exactly what it says with this many members. Called when a run is configured.
   * @throws TopologyError IMPOSSIBLE or DISCONNECTED, with the numbers and what to do instead.
   */
  check(memberCount: number): void
  /**
   * What can only be said once the ids are known; present where ids matter, which is in edge lists. `checkTopology`
   * calls both.
   * @param members sorted, each once.
   * @throws TopologyError UNKNOWN_MEMBER, BAD_EDGE_LIST or DISCONNECTED.
   */
  checkMembers?(members: readonly string[]): void
  /**
   * The neighbours of `self`: sorted, without `self`, each once. Never throws: when members have left and the
   * topology has become impossible, it relaxes as its file says. A lone member has no neighbours, nor has a peer
   * that is no member.
   */
  neighbours(asked: NeighboursAsked): readonly string[]
  /**
   * Shares of the neighbours' models in the mix, aligned with `neighbours`: each ≥ 0, sum ≤ 1, the rest is one's own.
   * Present only where the topology prescribes them, because it is exact with no others. Never throws.
   */
  mixingWeights?(asked: NeighboursAsked): readonly number[]
  /** Time-varying: the number of rounds after which the graphs begin again; absent when they never do. At least 1. */
  period?(memberCount: number): number
}

export interface NeighboursAsked {
  /**
   * Peer ids, sorted by UTF-16 code units, each once. The graph is cached per array object: keep passing the same
   * one while membership stands, pass a new one when it changes, never change it in place.
   */
  readonly members: readonly string[]
  readonly self: string
  /** Local round of `self`, from 0. Fixed topologies ignore it. */
  readonly round: number
}

/** One kind of topology, as the registry lists it. */
export interface TopologyKind {
  /** The word before the first colon. */
  readonly name: string
  /** The numbers after the colons, in order. */
  readonly parameters: readonly TopologyParameter[]
  create(settings: TopologySettings): Topology
}

export interface TopologyParameter {
  /** For messages and help: `regular:k`. */
  readonly letter: 'k' | 's' | 'p' | 'm' | 'r'
  /** `count`: a positive whole number. `fraction`: a decimal from 0 to 1. */
  readonly kind: 'count' | 'fraction'
  /** A sensible value, for messages. */
  readonly example: string
}

export interface TopologySettings {
  /** As it was written: `regular:4`. */
  readonly spec: string
  /** One number per parameter. */
  readonly values: readonly number[]
  /** Any integer. Everyone in a run has the same one. */
  readonly seed: number
}

/** The usual first parameter: how many neighbours. */
export const countOf = (letter: TopologyParameter['letter'], example: string): TopologyParameter => ({
  letter,
  kind: 'count',
  example,
})

/** A parameter from 0 to 1. */
export const fractionOf = (letter: TopologyParameter['letter'], example: string): TopologyParameter => ({
  letter,
  kind: 'fraction',
  example,
})

/** @throws TopologyError IMPOSSIBLE when there is no member at all. */
export const checkMemberCount = (topology: string, memberCount: number): void => {
  if (Number.isSafeInteger(memberCount) && memberCount >= 1) return
  throw new TopologyError(
    'IMPOSSIBLE',
    `${topology} needs at least 1 member, not ${memberCount}. Start the run with one peer or more.`,
    { topology, memberCount },
  )
}

/**
 * Both checks, for callers who know who the members are.
 * @param members sorted, each once.
 * @throws TopologyError as `check` and `checkMembers`.
 */
export const checkTopology = (topology: Topology, members: readonly string[]): void => {
  topology.check(members.length)
  topology.checkMembers?.(members)
}
