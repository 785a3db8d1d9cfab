import type { Call } from './calls.js'
import { Seats, type Priority } from './seats.js'

/** Calls of one caller that are remembered; of one that makes more nothing is known. Guess: no honest one fails so often. */
const CALLS_MAX = 100

interface Made {
  /** Sequences by digest. */
  readonly calls: Map<string, number>
  doubles: boolean
}

/**
 * Who has made two calls for one merge. Nobody honest does (see `MergeConfig.claim`): each pair could have some members go by
 * the one and some by the other. Each peer sees it for itself, since those who go by either repeat it to all.
 */
export class Doubling {
  private readonly madeBy: Seats<Made>

  constructor(priorityOf: (id: string) => Priority) {
    this.madeBy = new Seats(priorityOf)
  }

  /** Whether it has, or makes too many for anyone to know. */
  does(caller: string): boolean {
    return this.madeBy.get(caller)?.doubles ?? false
  }

  /** @param call one that was checked. */
  note({ caller, sequence, digest }: Call): void {
    const made = this.madeBy.get(caller) ?? { calls: new Map<string, number>(), doubles: false }
    if (made.doubles || made.calls.has(digest)) return
    made.doubles = made.calls.size >= CALLS_MAX || [...made.calls.values()].includes(sequence)
    made.calls.set(digest, sequence)
    this.madeBy.set(caller, made)
  }
}
