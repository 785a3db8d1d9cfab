import { limits } from '../../limits.js'

/**
 * One thing per member, for `mergeMembersMax` of them. When all seats are taken, somebody without priority has to give up
 * its own for one that has it: names are free, and made-up ones must not keep members out.
 */
export class Seats<T> {
  private readonly taken = new Map<string, T>()

  constructor(private readonly hasPriority: (id: string) => boolean) {}

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
    if (!this.hasPriority(id)) return false
    for (const other of this.taken.keys()) if (!this.hasPriority(other)) return this.taken.delete(other)
    return false
  }
}
