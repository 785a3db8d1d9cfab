import type { RunConfiguration } from '../../../protocols/run/index.js'
import type { Head } from '../../../protocols/wire/index.js'

/** How far a peer is. */
export interface Progress {
  /** Local rounds. */
  readonly round: number
  /** Examples seen. */
  readonly samples: number
  /** All rounds of the run are done. */
  readonly finished: boolean
}

export interface Moment {
  /** Counted from 1. */
  readonly period: number
  readonly self: Progress
  /** The newest head of each other member; undefined where none was heard. */
  readonly others: readonly (Pick<Head, 'round' | 'samples' | 'finished'> | undefined)[]
  readonly sinceBeginMs: number
  /** No other member is here, and there should be. */
  readonly isCutOff: boolean
}

/** A peer that is due waits at least this long for the others before it calls, or as long as it took itself. Guess. */
const PATIENCE_MIN_MS = 10_000

/**
 * When a peer calls for the merge of a period: at a time, or once all members that are here have done what the period
 * asks of them, or when patience with the slow ones is over.
 */
export const createMergeSchedule = ({ finalMerge, rounds }: RunConfiguration) => {
  const after = finalMerge.after ?? { rounds }
  /** When this peer had done its part, by period. */
  const reachedMs = new Map<number, number>()

  const hasReached = ({ round, samples, finished }: Progress, period: number): boolean => {
    if (finished) return true
    if ('rounds' in after) return round >= period * after.rounds
    return 'samples' in after && samples >= period * after.samples
  }

  /** @param own milliseconds after which this peer had done its part of the period. */
  const patienceMs = (period: number, own: number): number =>
    Math.max(PATIENCE_MIN_MS, own - (reachedMs.get(period - 1) ?? 0))

  return {
    /** Milliseconds that a peer which has done its part of this period waits for others, before it goes on without. */
    patienceMs: (period: number): number => patienceMs(period, reachedMs.get(period) ?? 0),

    isDue({ period, self, others, sinceBeginMs, isCutOff }: Moment): boolean {
      if ('time' in after && sinceBeginMs >= 1000 * period * after.time) return true
      if (!hasReached(self, period)) return false
      const own = reachedMs.get(period) ?? sinceBeginMs
      reachedMs.set(period, own)
      const allHave = others.every((head) => head !== undefined && hasReached(head, period))
      return (allHave && !isCutOff) || sinceBeginMs - own >= patienceMs(period, own)
    },
  }
}
