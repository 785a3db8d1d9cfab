import { limits } from '../../limits.js'
import type { MergeTiming } from '../contract.js'

/**
 * Milliseconds after which a call is over for every member, whoever lies: the sum of the times of README.md in this
 * folder, for as many attempts as there can be.
 */
export const longestCallMs = ({ commitMs, agreeMs, pullMs, repeatMs }: MergeTiming): number => {
  const attempts = limits.mergeAttemptsMax
  const exchangeMs = (1 + limits.mergeExtensionsMax) * pullMs
  const agreeing = attempts * agreeMs + (attempts - 1) * exchangeMs
  const exchanging = attempts * exchangeMs
  // Until two thirds are ready, and until those may be dropped whom others leave out meanwhile.
  const ready = attempts * (agreeMs + 2 * exchangeMs)
  // What the others hold, and what they voted for; then ready for a vote, and voted.
  const reading = 2 * (pullMs + agreeMs)
  return commitMs + 2 * repeatMs + agreeing + exchanging + ready + reading + 2 * agreeMs
}
