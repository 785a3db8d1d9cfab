import type { Head } from '../wire/types.js'

/** The newest head of each member. */
export interface Heads {
  /** True when the head is newer than the one known. Remembers the own round in which it came. */
  note(from: string, head: Head, ownRound: number): boolean
  /** Version of the newest snapshot that the member announced. */
  versionOf(member: string): number | undefined
  /** The own round in which the head of this version came, if it is the newest. */
  heardInRound(member: string, version: number): number | undefined
  /** Rounds that the member is known to have done, or −1. */
  roundOf(member: string): number
  /** The member with the most rounds done, at least one; ties go to the smaller id. */
  furthest(): string | undefined
  forget(member: string): void
  keepOnly(isMember: (id: string) => boolean): void
}

export const createHeads = (): Heads => {
  const newest = new Map<string, { readonly head: Head; readonly ownRound: number }>()
  return {
    note(from, head, ownRound) {
      if (head.version <= (newest.get(from)?.head.version ?? -1)) return false
      newest.set(from, { head, ownRound })
      return true
    },
    versionOf: (member) => newest.get(member)?.head.version,
    heardInRound(member, version) {
      const known = newest.get(member)
      return known?.head.version === version ? known.ownRound : undefined
    },
    roundOf: (member) => newest.get(member)?.head.round ?? -1,
    furthest() {
      let best: string | undefined
      let bestRound = 0
      for (const [from, { head }] of newest) {
        const { round } = head
        if (round < bestRound || round === 0 || (round === bestRound && from > best!)) continue
        best = from
        bestRound = round
      }
      return best
    },
    forget: (member) => void newest.delete(member),
    keepOnly(isMember) {
      for (const member of newest.keys()) if (!isMember(member)) newest.delete(member)
    },
  }
}
