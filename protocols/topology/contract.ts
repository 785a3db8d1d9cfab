import { TopologyError } from '../errors.js'

/** Who exchanges weights with whom. One object may serve any number of callers. */
export interface Topology {
  /** As in the run configuration: `regular:4`. */
  readonly name: string
  /**
   * `fixed`: an undirected graph that depends on the members alone, so a neighbour of mine has me as a neighbour.
   * `time-varying`: a directed choice that changes every round; I pull from my neighbours, they may not pull from me.
   */
  readonly kind: 'fixed' | 'time-varying'
  /**
   * Whether the topology means exactly what it says with this many members. Called when a run is configured.
   * @throws TopologyError IMPOSSIBLE or DISCONNECTED, with the numbers and what to do instead.
   */
  check(memberCount: number): void
  /**
   * The neighbours of `self`: sorted, without `self`, each once. Never throws: when members have left and the
   * topology has become impossible, it relaxes as its file says. A lone member has no neighbours, nor has a peer
   * that is no member.
   */
  neighbours(asked: NeighboursAsked): readonly string[]
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
  /** The word before the colon. */
  readonly name: string
  /** The letter of the number after the colon, for messages; null when the topology takes none. */
  readonly parameter: 'k' | 's' | null
  create(settings: TopologySettings): Topology
}

export interface TopologySettings {
  /** The number after the colon; 0 when the topology takes none. */
  readonly count: number
  /** Any integer. Everyone in a run has the same one. */
  readonly seed: number
}

/** @throws TopologyError IMPOSSIBLE when there is no member at all. */
export const checkMemberCount = (topology: string, memberCount: number): void => {
  if (Number.isSafeInteger(memberCount) && memberCount >= 1) return
  throw new TopologyError(
    'IMPOSSIBLE',
    `${topology} needs at least 1 member, not ${memberCount}. Start the run with one peer or more.`,
    { topology, memberCount },
  )
}
