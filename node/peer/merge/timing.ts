import type { MergeTiming } from '../../../protocols/final-merge/index.js'
import { limits } from '../../../protocols/limits.js'
import { FLOAT32_BYTES } from '../../../protocols/wire/index.js'

/** Bytes per second that a peer must at least receive in the merge. Guess: a slow home connection. */
const BYTES_PER_SECOND = 1_000_000
/** Milliseconds that moving models gets whatever their size. Guess. */
const MOVE_MIN_MS = 10_000

/** Milliseconds for each member, whatever the size: 16 cold processes on two cores take 16 s for 4 MB. */
const PER_MEMBER_MS = 2_000

/** Milliseconds to wait for words, at least, and for each member that may have some. Guess. */
const WORDS_MIN_MS = 10_000
const WORDS_PER_MEMBER_MS = 500

/**
 * Milliseconds between two repetitions, at least, and for each member: everybody hears everything that is repeated, and
 * 16 cold processes that repeat it every 2 s spend a quarter of the merge on it. Guess.
 */
const REPEAT_MIN_MS = 2_000
const REPEAT_PER_MEMBER_MS = 250
/**
 * Milliseconds after which a member that did not answer is asked again, or as near to it as divides a repetition: 1.5 s
 * (of 4 members) to 2.75 s (of 3); the second time decides. Guess.
 */
const LOOK_MS = 2_000

/** Milliseconds between two repetitions in a merge of so many members. */
export const repeatMsFor = (members: number): number => REPEAT_MIN_MS + members * REPEAT_PER_MEMBER_MS

/**
 * commitMs, agreeMs: for words of all members. pullMs: what has to be moved:
 * about three models by reduce-scatter, one of each member all-to-all, for at most two whole exchanges; and something
 * for every member named in the call.
 */
export const mergeTimingFor = ({
  parameters,
  models,
  members,
}: {
  readonly parameters: number
  /** That a peer receives. */
  readonly models: number
  readonly members: number
}): MergeTiming => {
  const transferMs = (parameters * FLOAT32_BYTES * models * 1000) / BYTES_PER_SECOND
  const pullMs = MOVE_MIN_MS + members * PER_MEMBER_MS + Math.min(transferMs, 2 * limits.exchangeTimeoutMs)
  const repeatMs = repeatMsFor(members)
  const wordsMs = WORDS_MIN_MS + members * WORDS_PER_MEMBER_MS
  return {
    commitMs: wordsMs,
    pullMs,
    agreeMs: wordsMs,
    repeatMs,
    lookMs: repeatMs / Math.round(repeatMs / LOOK_MS),
  }
}
