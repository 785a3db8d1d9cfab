import type { Head } from '../wire/types.js'

/** When a peer may tell of its snapshots: everyone hears every head, so the more members there are, the more rarely. */
export interface HeadPace {
  /**
   * Milliseconds until it may tell of this head; 0 or less: now. The first that says that all rounds are done never waits:
   * others rest, or go on mixing, by what they know of that.
   */
  waitMs(head: Pick<Head, 'finished'>, at: { readonly members: number; readonly nowMs: number }): number
  /** It tells of it now. */
  announced(head: Pick<Head, 'finished'>, nowMs: number): void
}

/** @param msPerMember between two heads, for each member that hears them: `limits.headMsPerMember`. */
export const createHeadPace = (msPerMember: number): HeadPace => {
  let lastMs = -Infinity
  /** Of the last head. A peer that has finished does not begin again; one that did would tell at once. */
  let finished = false
  return {
    waitMs: (head, { members, nowMs }) =>
      head.finished === finished ? lastMs + members * msPerMember - nowMs : 0,
    announced(head, nowMs) {
      lastMs = nowMs
      finished = head.finished
    },
  }
}
