import { limits } from '../../limits.js'
import type { MergeTiming } from '../contract.js'
import { thirdOf } from '../statement.js'
import type { Call } from './calls.js'
import { votedMs } from './deadline.js'
import { longestCallMs } from './longest-call.js'
import { Seats, type Priority } from './seats.js'
import type { Said } from './voices.js'
import { QUIET_EVERY } from './words.js'

/** Silences as long as members make between repetitions, after which a merge is over for all they say. */
const SILENCES = 2

interface Heard {
  readonly mergeId: string
  readonly atMs: number
  /** When its vote was heard first. */
  readonly votedAtMs: number | undefined
}

/** Merges that this peer hears of: a call of its own would end them. */
export class Overheard {
  private readonly newest: Seats<Heard>
  /** Since when members speak of a merge. Of the first few: who calls ever anew is not waited for. */
  private readonly sinceMs = new Map<string, number>()

  constructor(
    private readonly config: {
      readonly timing: (members: number) => MergeTiming
      /** Whether the call that this peer goes by names it. */
      readonly priorityOf: (id: string) => Priority
    },
  ) {
    this.newest = new Seats(config.priorityOf)
  }

  /** Somebody takes part in a merge, or did. */
  hear(from: string, { type, mergeId }: Said, nowMs: number): void {
    const before = this.newest.get(from)
    const votedAtMs = before?.mergeId === mergeId ? before.votedAtMs : undefined
    this.newest.set(from, {
      mergeId,
      atMs: nowMs,
      votedAtMs: votedAtMs ?? (type === 'result' ? nowMs : undefined),
    })
  }

  /**
   * When to look again whether one of these calls is still under way: as long as a third of its members speak of it, one
   * honest one among them, and no longer than a call can last. Undefined when none is.
   */
  lookAgainMs(calls: readonly Call[], nowMs: number): number | undefined {
    for (const { members, mergeId } of calls) {
      const timing = this.config.timing(members.length)
      const speak = members.filter((id) => this.takesPart(id, mergeId, { timing, nowMs }))
      if (speak.length < thirdOf(members.length)) continue
      if (!this.sinceMs.has(mergeId) && this.sinceMs.size < limits.mergeCallsMax)
        this.sinceMs.set(mergeId, nowMs)
      if (nowMs - (this.sinceMs.get(mergeId) ?? -Infinity) < longestCallMs(timing))
        return nowMs + QUIET_EVERY * timing.repeatMs
    }
    return undefined
  }

  /** Who voted waits for others' votes for a while; then it speaks only when it is asked. */
  private takesPart(
    id: string,
    mergeId: string,
    { timing, nowMs }: { readonly timing: MergeTiming; readonly nowMs: number },
  ): boolean {
    const heard = this.newest.get(id)
    if (heard?.mergeId !== mergeId) return false
    const { atMs, votedAtMs = nowMs } = heard
    return nowMs - atMs < SILENCES * QUIET_EVERY * timing.repeatMs && nowMs - votedAtMs < votedMs(timing)
  }
}
