/** What was asked for and has not come back: of calls and attempts that are over too. */
export class Pending {
  /** Members with a fetch under way, from whatever call: one at a time each. */
  readonly busy = new Set<string>()
  /** Of these, the ones asked before the own model was frozen anew: what they give is of no use. */
  private readonly outdated = new Set<string>()
  /** Results asked for and not yet put together. */
  private assembling = 0

  /** What was held of others' models is gone. */
  froze(): void {
    for (const id of this.busy) this.outdated.add(id)
  }

  /** A fetch from this member has ended. @returns whether what it gave is of use. */
  fetched(from: string): boolean {
    this.busy.delete(from)
    return !this.outdated.delete(from)
  }

  assemble(): void {
    this.assembling += 1
  }

  /** @returns whether it is the newest; else it is of an attempt that was given up, and a newer one follows. */
  assembled(): boolean {
    this.assembling = Math.max(0, this.assembling - 1)
    return this.assembling === 0
  }
}
