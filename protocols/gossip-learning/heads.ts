import type { Head } from '../wire/types.js'

/** The newest head of each member. */
export interface Heads {
  /** True when the head is newer than the one known. Remembers the own version of that time. */
  note(from: string, head: Head, ownVersion: number): boolean
  /** Version of the newest snapshot that the member announced. */
  versionOf(member: string): number | undefined
  /** The own version at the time when this head came, if it is the newest. */
  ownVersionAt(member: string, version: number): number | undefined
  /** Whether the member is known to have done all its rounds. */
  hasFinished(member: string): boolean
  /** Rounds that the member is known to have done, or −1. */
  roundOf(member: string): number
  /** The member with the most rounds done, at least one; ties go to the smaller id. */
  furthest(): string | undefined
  forget(member: string): void
  keepOnly(isMember: (id: string) => boolean): void
}

export const createHeads = (): Heads => {
  const newest = new Map<string, { readonly head: Head; readonly ownVersion: number }>()
  return {
    note(from, head, ownVersion) {
      if (head.version <= (newest.get(from)?.head.version ?? -1)) return false
      newest.set(from, { head, ownVersion })
      return true
    },
    versionOf: (member) => newest.get(member)?.head.version,
    ownVersionAt(member, version) {
      const known = newest.get(member)
      return known?.head.version === version ? known.ownVersion : undefined
    },
    hasFinished: (member) => newest.get(member)?.head.finished ?? false,
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
