import { limits } from '../limits.js'
import type { Head } from '../wire/types.js'

/** A snapshot that arrived. `W` is whatever the driver uses for weights; the machine never looks inside. */
export interface Received<W> {
  readonly from: string
  readonly head: Head
  readonly weights: W
  /** The own weights to compare it with: see `caughtUp`. */
  readonly since?: W | undefined
}

/** The newest snapshot per sender, each taken out, and so mixed, at most once. */
export interface Inbox<W> {
  /** Keeps the snapshot unless one at least as new from the same sender came before. True when it was kept. */
  put(snapshot: Received<W>): boolean
  /** Empties the inbox, sorted by sender. */
  take(): Received<W>[]
  /** Version of the newest snapshot that ever came from this sender, or −1. */
  newestFrom(sender: string): number
  /**
   * Drops the snapshots of senders that are no longer members. Their newest versions are remembered, since a member
   * that was only unheard of for a while comes back with a snapshot that was mixed already.
   */
  keepOnly(isMember: (id: string) => boolean): void
  readonly size: number
}

export const createInbox = <W>(capacity: number): Inbox<W> => {
  const waiting = new Map<string, Received<W>>()
  const newest = new Map<string, number>()
  return {
    put(snapshot) {
      const { from, head } = snapshot
      if (head.version <= (newest.get(from) ?? -1)) return false
      newest.delete(from)
      newest.set(from, head.version)
      // A Map keeps insertion order: its first key is the sender that brought nothing for longest.
      if (newest.size > limits.membersMax) newest.delete(newest.keys().next().value!)
      waiting.delete(from)
      waiting.set(from, snapshot)
      if (waiting.size > capacity) waiting.delete(waiting.keys().next().value!)
      return true
    },
    take() {
      const all = [...waiting.values()].sort((a, b) => (a.from < b.from ? -1 : 1))
      waiting.clear()
      return all
    },
    newestFrom: (sender) => newest.get(sender) ?? -1,
    keepOnly(isMember) {
      for (const sender of waiting.keys()) if (!isMember(sender)) waiting.delete(sender)
    },
    get size() {
      return waiting.size
    },
  }
}
