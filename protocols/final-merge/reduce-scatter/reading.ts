import type { Random } from '../../random.js'
import type { Fetch } from '../contract.js'
import type { Elected } from './ballot.js'

/** Fetches a result that others hold: one holder at a time, each once between two ticks. */
export class Reading {
  /** Why it is read, once two thirds have voted for it: then the votes need not be there any more at the end. */
  elected: Elected | undefined
  private next = 0
  private isUnderWay = false

  /** @param holders at least one, in the order in which they are asked. */
  constructor(
    readonly digest: string,
    private readonly holders: readonly string[],
    readonly deadlineMs: number,
  ) {}

  /** Asks the next holder, unless one is being asked. */
  ask(): readonly { readonly type: 'fetch'; readonly fetch: Fetch }[] {
    if (this.isUnderWay) return []
    this.isUnderWay = true
    const from = this.holders[this.next % this.holders.length]!
    return [{ type: 'fetch', fetch: { what: 'result', from, digest: this.digest } }]
  }

  failed(): ReturnType<Reading['ask']> {
    this.isUnderWay = false
    this.next += 1
    return this.next % this.holders.length === 0 ? [] : this.ask()
  }
}

/** @returns undefined when nobody but this peer holds it. */
export const startReading = ({
  digest,
  holders,
  self,
  random,
  deadlineMs,
}: {
  readonly digest: string
  readonly holders: readonly string[]
  readonly self: string
  readonly random: Random
  readonly deadlineMs: number
}): Reading | undefined => {
  const others = holders.filter((id) => id !== self)
  if (others.length === 0) return undefined
  // Not all ask the same one.
  const start = random.below(others.length)
  return new Reading(digest, [...others.slice(start), ...others.slice(0, start)], deadlineMs)
}
