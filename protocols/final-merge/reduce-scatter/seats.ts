import { limits } from '../../limits.js'

/**
 * One thing per member, for `mergeMembersMax` of them. When all seats are taken, somebody whom the call does not name
 * has to give up its own: names are free, and made-up ones must not keep members out.
 */
export class Seats<T> {
  private readonly taken = new Map<string, T>()

  constructor(private readonly isNamed: (id: string) => boolean) {}

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
    if (!this.isNamed(id)) return false
    for (const other of this.taken.keys()) if (!this.isNamed(other)) return this.taken.delete(other)
    return false
  }
}
