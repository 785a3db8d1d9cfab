import type { MergeTiming } from '../contract.js'
import type { Call } from './calls.js'
import { Seats } from './seats.js'
import { QUIET_EVERY } from './words.js'

/** Silences as long as members make between repetitions, after which a merge is over for all they say. */
const SILENCES = 2

/** Merges of others that this peer hears of: a call of its own would end them. */
export class Overheard {
  private readonly newest: Seats<{ readonly mergeId: string; readonly atMs: number }>

  constructor(
    private readonly config: {
      readonly self: string
      readonly timing: (members: number) => MergeTiming
      /** Whether the call that this peer goes by names it. */
      readonly isNamed: (id: string) => boolean
    },
  ) {
    this.newest = new Seats(config.isNamed)
  }

  /** Somebody takes part in this merge. */
  hear(from: string, mergeId: string, nowMs: number): void {
    this.newest.set(from, { mergeId, atMs: nowMs })
  }

  /**
   * When to look again whether one of these calls, which does not name this peer, is still under way: as long as a
   * third of its members speak of it, one honest one among them. Undefined when none is.
   */
  lookAgainMs(calls: readonly Call[], nowMs: number): number | undefined {
    const { self, timing } = this.config
    for (const { members, mergeId } of calls) {
      if (members.includes(self)) continue
      const silenceMs = QUIET_EVERY * timing(members.length).repeatMs
      const speak = members.filter((id) => {
        const word = this.newest.get(id)
        return word?.mergeId === mergeId && nowMs - word.atMs < SILENCES * silenceMs
      })
      if (3 * speak.length >= members.length) return nowMs + silenceMs
    }
    return undefined
  }
}
