import { createHeadPace } from '../../protocols/gossip-learning/index.js'
import { limits } from '../../protocols/limits.js'
import type { Head } from '../../protocols/wire/index.js'

/** Tells the run of snapshots. */
export interface Announcer {
  /**
   * Now; or as soon as it may, where the last head was not long ago. A newer one takes its place until then.
   */
  announce(head: Head): Promise<void>
}

/**
 * Announces the newest snapshot no oftener than the members can take: everyone hears every head. Who trains and hears none
 * for a round asks all the same, so a head that is left out costs at most a round of freshness. Who has finished, and goes on
 * mixing with those that have not, is bound by this too: it publishes in every turn.
 */
export const createAnnouncer = ({
  isPaced,
  members,
  publish,
  nowMs,
  signal,
  fail,
}: {
  /** Not where others wait for the head of each round. */
  readonly isPaced: boolean
  /** How many hear it. */
  readonly members: () => number
  readonly publish: (head: Head) => Promise<void>
  readonly nowMs: () => number
  readonly signal: AbortSignal
  /** A head that was put off could not be announced. */
  readonly fail: (error: unknown) => void
}): Announcer => {
  const pace = createHeadPace(limits.headMsPerMember)
  let putOff: Head | undefined
  let timer: NodeJS.Timeout | undefined

  const now = (head: Head): Promise<void> => {
    clearTimeout(timer)
    timer = putOff = undefined
    pace.announced(head, nowMs())
    return publish(head)
  }
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })

  return {
    async announce(head) {
      const waitMs = isPaced ? pace.waitMs(head, { members: members(), nowMs: nowMs() }) : 0
      if (waitMs <= 0) return now(head)
      putOff = head
      timer ??= setTimeout(() => void now(putOff!).catch(fail), waitMs)
    },
  }
}
