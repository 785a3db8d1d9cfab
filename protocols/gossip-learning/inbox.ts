import type { Head } from '../wire/types.js'
import type { Acquaintance } from './acquaintances.js'

/** A snapshot that arrived. `W` is whatever the driver uses for weights; the machine never looks inside. */
export interface Received<W> {
  readonly from: string
  readonly head: Head
  readonly weights: W
  /** The own weights to compare it with: see `caughtUp`. */
  readonly since?: W | undefined
}

/** The newest snapshot per sender, each taken out, and so mixed, at most once. */
export class Inbox<W> {
  /** Whose snapshots wait; whoever brought nothing for longest comes first. */
  private readonly senders: Acquaintance<W>[] = []

  constructor(private readonly capacity: number) {}

  /** Keeps the snapshot unless one at least as new from the same sender came before. */
  put(sender: Acquaintance<W>, snapshot: Received<W>): void {
    const { version } = snapshot.head
    if (version <= sender.receivedVersion) return
    sender.receivedVersion = version
    if (sender.waiting) this.drop(this.senders.indexOf(sender))
    sender.waiting = snapshot
    this.senders.push(sender)
    if (this.senders.length > this.capacity) this.drop(0)
  }

  /** Empties the inbox, sorted by sender. */
  take(): readonly Received<W>[] {
    const all: Received<W>[] = []
    for (const sender of this.senders) {
      all.push(sender.waiting!)
      sender.waiting = undefined
    }
    this.senders.length = 0
    return all.sort((a, b) => (a.from < b.from ? -1 : 1))
  }

  /** Drops the snapshots of senders that are no longer members. */
  keepMembers(): void {
    for (let i = this.senders.length - 1; i >= 0; i--) if (!this.senders[i]!.isMember) this.drop(i)
  }

  get size(): number {
    return this.senders.length
  }

  private drop(index: number): void {
    const [sender] = this.senders.splice(index, 1)
    sender!.waiting = undefined
  }
}
