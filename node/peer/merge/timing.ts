import type { MergeTiming } from '../../../protocols/final-merge/index.js'
import { limits } from '../../../protocols/limits.js'

/** Bytes of one float32. */
const FLOAT_BYTES = 4
/** Bytes per second that a peer must at least receive in the merge. Guess: a slow home connection. */
const BYTES_PER_SECOND = 1_000_000
/** Milliseconds that moving models gets whatever their size. Guess. */
const MOVE_MIN_MS = 10_000

/**
 * commitMs, agreeMs: guess, several times what a busy machine with dozens of peers needs. pullMs: what has to be moved:
 * about three models by reduce-scatter, one of each member all-to-all; at most two whole exchanges. repeatMs: guess,
 * every second gossipsub heartbeat.
 * @param models that a peer receives.
 */
export const mergeTimingFor = ({
  parameters,
  models,
}: {
  readonly parameters: number
  readonly models: number
}): MergeTiming => {
  const transferMs = (parameters * FLOAT_BYTES * models * 1000) / BYTES_PER_SECOND
  const pullMs = Math.min(MOVE_MIN_MS + transferMs, 2 * limits.exchangeTimeoutMs)
  return { commitMs: 10_000, pullMs, agreeMs: 10_000, repeatMs: 2_000 }
}
