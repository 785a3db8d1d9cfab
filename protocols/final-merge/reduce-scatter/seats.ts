import { limits } from '../../limits.js'

/** Who keeps a seat: whom the call names that this peer goes by, before who is known here, before anyone else. */
export type Priority = 0 | 1 | 2

/**
 * One thing per member, for `mergeMembersMax` of them. When all seats are taken, somebody has to give up its own for one with
 * a higher priority: names are free, and made-up ones must not keep members out.
 */
export class Seats<T> {
  private readonly taken = new Map<string, T>()

  constructor(private readonly priorityOf: (id: string) => Priority) {}

  get(id: string): T | undefined {
    return this.taken.get(id)
  }

  values(): Iterable<T> {
    return this.taken.values()
  }

  /** @returns whether there was a seat. */
  set(id: string, value: T): boolean {
    if (!this.taken.has(id) && this.taken.size >= limits.mergeMembersMax && !this.makeRoomFor(id))
      return false
    this.taken.set(id, value)
    return true
  }

  private makeRoomFor(id: string): boolean {
    const priority = this.priorityOf(id)
    for (let lower = 0; lower < priority; lower++) {
      for (const other of this.taken.keys())
        if (this.priorityOf(other) === lower) return this.taken.delete(other)
    }
    return false
  }
}
