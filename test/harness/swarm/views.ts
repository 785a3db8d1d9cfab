import type { Cuts } from '../world/partitions.js'

/**
 * Who each peer takes for a member. Where nothing separates them all share one sorted array, which is what topologies
 * cache their graphs by.
 */
export interface Views {
  /** Somebody is a member now, or no longer. */
  set(peer: number, member: boolean): void
  has(peer: number): boolean
  /** The members as `peer` sees them at this time: sorted, always with itself. */
  of(peer: number, nowMs: number): readonly string[]
}

export const createViews = ({
  names,
  present,
  cuts,
  memberMs,
}: {
  readonly names: readonly string[]
  readonly present: Iterable<number>
  readonly cuts: Cuts
  readonly memberMs: number
}): Views => {
  const members = new Set(present)
  /** By who is unheard; emptied when the members change. */
  let shared = new Map<ReadonlySet<number> | undefined, readonly string[]>()
  const viewWithout = (unheard: ReadonlySet<number> | undefined): readonly string[] =>
    names.filter((_, index) => members.has(index) && !unheard?.has(index))
  return {
    set(peer, member) {
      if (members.has(peer) === member) return
      if (member) members.add(peer)
      else members.delete(peer)
      shared = new Map()
    },
    has: (peer) => members.has(peer),
    of(peer, nowMs) {
      const unheard = cuts.unheardBy(peer, nowMs, memberMs)
      let view = shared.get(unheard)
      if (!view) shared.set(unheard, (view = viewWithout(unheard)))
      const self = names[peer]!
      // A peer that is no member to the others, or on both sides of a cut, still is one to itself.
      return members.has(peer) && !unheard?.has(peer) ? view : [...view, self].sort()
    },
  }
}
