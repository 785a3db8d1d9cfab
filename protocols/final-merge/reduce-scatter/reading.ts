import type { Random } from '../../random.js'
import type { Fetch } from '../contract.js'
import type { Elected } from './ballot.js'

/** Holders asked at once: fewer than a third can be liars that only keep one waiting. Guess: with three of ten one is honest after some looks. */
const ASKED_AT_ONCE_MAX = 3

/** Fetches a result that others hold: of one holder, and with every tick of one more; each once between two ticks. */
export class Reading {
  /** Why it is read, once two thirds have voted for it: then the votes need not be there any more at the end. */
  elected: Elected | undefined
  private next = 0
  private readonly underWay = new Set<string>()
  /** Asked since the last tick. */
  private readonly asked = new Set<string>()

  /** @param holders at least one, in the order in which they are asked. */
  constructor(
    readonly digest: string,
    private readonly holders: readonly string[],
    readonly deadlineMs: number,
  ) {}

  /** At first, and with every tick: asks one more holder, whether the others answer or not. */
  ask(): readonly { readonly type: 'fetch'; readonly fetch: Fetch }[] {
    this.asked.clear()
    return this.askNext()
  }

  /** This holder does not have it, or does not answer: the next one is asked. */
  failed(from: string): ReturnType<Reading['ask']> {
    this.underWay.delete(from)
    return this.askNext()
  }

  private askNext(): ReturnType<Reading['ask']> {
    const { holders, digest, underWay, asked } = this
    if (underWay.size >= ASKED_AT_ONCE_MAX) return []
    const inTurn = holders.map((_, i) => holders[(this.next + i) % holders.length]!)
    const from = inTurn.find((id) => !underWay.has(id) && !asked.has(id))
    if (from === undefined) return []
    this.next = holders.indexOf(from) + 1
    underWay.add(from)
    asked.add(from)
    return [{ type: 'fetch', fetch: { what: 'result', from, digest } }]
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
