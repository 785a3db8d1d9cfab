import { limits } from '../../limits.js'
import type { MergeTiming } from '../contract.js'
import { readingMs, votedMs } from './deadline.js'

/**
 * Milliseconds after which a call is over for every member, whoever lies: the sum of the times of README.md in this
 * folder, for as many attempts as there can be.
 */
export const longestCallMs = (timing: MergeTiming): number => {
  const { commitMs, agreeMs, pullMs, repeatMs } = timing
  const attempts = limits.mergeAttemptsMax
  const exchangeMs = (1 + limits.mergeExtensionsMax) * pullMs
  const agreeing = attempts * agreeMs + (attempts - 1) * exchangeMs
  const exchanging = attempts * exchangeMs
  // Until two thirds are ready, and until those may be dropped whom others leave out meanwhile.
  const ready = attempts * (agreeMs + 2 * exchangeMs)
  // What the others hold, and what they voted for; then ready for a vote, and voted.
  const settling = 2 * readingMs(timing) + agreeMs + votedMs(timing)
  return commitMs + 2 * repeatMs + agreeing + exchanging + ready + settling
}
