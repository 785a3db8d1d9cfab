import { performance } from 'node:perf_hooks'
import { reasonOf } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import type { NetworkLogger } from './contract.js'

/** Milliseconds before a peer that is found again and again, but belongs elsewhere, is dialled once more. Guess. */
const REDIAL_AFTER_MS = 60_000

/** Dials what discovery finds, one attempt a minute and target, and at most `limits.pullsMax` at once. */
export const createQuietDial = ({
  dial,
  limits,
  log,
}: {
  readonly dial: (target: string) => Promise<unknown>
  readonly limits: Limits
  readonly log: NetworkLogger
}): ((target: string) => void) => {
  const triedMs = new Map<string, number>()
  let active = 0
  return (target) => {
    const nowMs = performance.now()
    if (active >= limits.pullsMax || nowMs - (triedMs.get(target) ?? -Infinity) < REDIAL_AFTER_MS) return
    triedMs.delete(target)
    triedMs.set(target, nowMs)
    if (triedMs.size > limits.membersMax) triedMs.delete(triedMs.keys().next().value!)
    active++
    dial(target)
      .catch((error: unknown) =>
        log.info({ target, error: reasonOf(error) }, 'a discovered peer could not be joined'),
      )
      .finally(() => active--)
  }
}
