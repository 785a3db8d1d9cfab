import type { Head } from '../wire/types.js'

/** The newest head of each member. */
export interface Heads {
  /** True when the head is newer than the one known. */
  note(from: string, head: Head): boolean
  /** Version of the newest snapshot that the member announced. */
  versionOf(member: string): number | undefined
  /** Rounds that the member is known to have done, or −1. */
  roundOf(member: string): number
  /** The member with the most rounds done, at least one; ties go to the smaller id. */
  furthest(): string | undefined
  forget(member: string): void
  keepOnly(isMember: (id: string) => boolean): void
}

export const createHeads = (): Heads => {
  const newest = new Map<string, Head>()
  return {
    note(from, head) {
      if (head.version <= (newest.get(from)?.version ?? -1)) return false
      newest.set(from, head)
      return true
    },
    versionOf: (member) => newest.get(member)?.version,
    roundOf: (member) => newest.get(member)?.round ?? -1,
    furthest() {
      let best: string | undefined
      let bestRound = 0
      for (const [from, { round }] of newest) {
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
