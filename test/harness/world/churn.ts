import { createRandom } from '../../../protocols/random.js'
import { draw, exponential } from './distributions.js'
import { indexOfPeer } from './partitions.js'
import type { Churn } from './schema.js'

/** Something that happens to one peer. */
export interface Incident {
  readonly peer: number
  readonly does: 'join' | 'leave' | 'crash' | 'restart'
  readonly state: 'kept' | 'lost'
}

/** Who comes and goes. */
export interface Comings {
  /** Not there at the beginning: their first incident is a join. */
  readonly latecomers: ReadonlySet<number>
  /** What the scenario schedules, in its order. */
  readonly scheduled: readonly (Incident & { readonly atMs: number })[]
  /** When a present peer goes next by the rates, counted from now; undefined: never. */
  nextGoing(): { readonly afterMs: number; readonly does: 'leave' | 'crash' } | undefined
  /** When someone who went by the rates comes back; undefined: never. */
  nextReturn(): { readonly afterMs: number; readonly state: 'kept' | 'lost' } | undefined
}

const MS_PER_MINUTE = 60_000

/** @throws ConfigError BAD_VALUE for a peer that is not in the run. */
export const createComings = ({ events, rates }: Churn, names: readonly string[], seed: number): Comings => {
  const scheduled = events.map(({ peer, ...event }) => ({ ...event, peer: indexOfPeer(peer, names) }))
  const random = createRandom(seed, 'churn')
  const { crashesPerMinute, leavesPerMinute, awayMs, state } = rates
  const total = crashesPerMinute + leavesPerMinute
  return {
    latecomers: new Set(scheduled.flatMap(({ peer, does }) => (does === 'join' ? [peer] : []))),
    scheduled,
    nextGoing() {
      if (total === 0) return undefined
      const afterMs = exponential(MS_PER_MINUTE / total, random)
      return { afterMs, does: random.next() * total < crashesPerMinute ? 'crash' : 'leave' }
    },
    nextReturn: () => (awayMs === null ? undefined : { afterMs: draw(awayMs, random), state }),
  }
}
