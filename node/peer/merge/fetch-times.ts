import type { Fetch, MergeTiming } from '../../../protocols/final-merge/index.js'
import { limits } from '../../../protocols/limits.js'

/** Milliseconds that a member waits at most for an average that is not there yet. Guess: then it asks another. */
export const AVERAGE_WAIT_MS = 5_000
/** Milliseconds beside that wait, for the way there and back. Guess. */
const WAY_MS = 1_000
/**
 * Fetches that may hang one after the other in one exchange before it is given more time. With one alone, a member that
 * keeps others waiting could fill the exchange, and at its end owe nothing that it could be blamed for.
 */
const HANGS_PER_PULL = 3
/** Of a member that others leave out: two failures decide, with a look between them, while a roster is agreed on. */
const HANGS_PER_AGREEMENT = 3

/**
 * Milliseconds until a fetch is given up, far below what the merge as a whole waits: whoever asks must have time to ask
 * another. What arrived until then is kept.
 */
export const fetchMsFor = ({ pullMs, agreeMs }: MergeTiming, what: Fetch['what']): number => {
  if (what === 'leaves') return Math.min(agreeMs / HANGS_PER_AGREEMENT, limits.exchangeTimeoutMs)
  // An honest owner that has to wait for pieces says so before it counts as silent.
  const leastMs = AVERAGE_WAIT_MS + WAY_MS
  return Math.max(leastMs, Math.min(pullMs / HANGS_PER_PULL, limits.exchangeTimeoutMs))
}
