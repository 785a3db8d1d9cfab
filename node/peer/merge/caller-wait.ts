/** A look at a merge that is due, is not under way, and that this peer may not call for. */
export interface CallerLook {
  /** Counted from 1. */
  readonly period: number
  /** When this peer began to train, and now, by one clock. */
  readonly begunMs: number
  readonly nowMs: number
  /** Somebody is here who may call. */
  readonly isCallerHere: boolean
}

/** How long to wait yet, or why this peer has waited long enough; the wait is then over. */
export type CallerLookOutcome = { readonly leftMs: number } | { readonly reason: string }

/** Waiting for those who may call for a merge. */
export interface CallerWait {
  look(look: CallerLook): CallerLookOutcome
  /** There is a merge: should it come to nothing, the wait begins anew. */
  end(): void
}

/**
 * Periods that one who is here and may call is waited for, at least as long as `PATIENCE_MIN_MS`. Guess: one that is so
 * much slower, or never calls, must not keep the others from the end of the run.
 */
const CALLER_PERIODS = 10
const PATIENCE_MIN_MS = 10_000

/** @param patienceMs milliseconds that one is waited for who is not here: it may have been cut off, and come back. */
export const createCallerWait = (patienceMs: (period: number) => number): CallerWait => {
  /** The period that was due last; when it was, or when the wait for it was in vain. */
  let last = { period: 0, atMs: 0 }
  /** Milliseconds that the longest period took so far, without waits in vain. */
  let longestMs = PATIENCE_MIN_MS
  let uncalledSinceMs: number | undefined
  let callerlessSinceMs: number | undefined

  const end = (): void => {
    uncalledSinceMs = undefined
    callerlessSinceMs = undefined
  }

  return {
    end,
    look({ period, begunMs, nowMs, isCallerHere }) {
      if (period !== last.period) {
        // Those between whose merge was called for in time were never looked at.
        const elapsedMs = nowMs - Math.max(begunMs, last.atMs)
        longestMs = Math.max(longestMs, elapsedMs / (period - last.period))
        last = { period, atMs: nowMs }
      }
      uncalledSinceMs ??= nowMs
      callerlessSinceMs = isCallerHere ? undefined : (callerlessSinceMs ?? nowMs)
      const uncalledUntilMs = uncalledSinceMs + CALLER_PERIODS * longestMs
      const callerlessUntilMs =
        callerlessSinceMs === undefined ? Infinity : callerlessSinceMs + patienceMs(period)
      const untilMs = Math.min(uncalledUntilMs, callerlessUntilMs)
      if (nowMs < untilMs) return { leftMs: untilMs - nowMs }
      end()
      last = { period, atMs: nowMs }
      const isCallerless = callerlessUntilMs <= nowMs
      return {
        reason: isCallerless ? 'nobody is here who may call for it' : 'those who may call for it do not',
      }
    },
  }
}
