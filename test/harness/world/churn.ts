import { ConfigError } from '../../../protocols/errors.js'
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
  checkJoins(scheduled, names)
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

/** A join is how a peer begins; whoever comes back restarts. */
const checkJoins = (
  scheduled: readonly (Incident & { readonly atMs: number })[],
  names: readonly string[],
): void => {
  for (const { peer, atMs } of scheduled.filter(({ does }) => does === 'join')) {
    const others = scheduled.filter((event) => event.peer === peer && event.does !== 'join')
    const joins = scheduled.filter((event) => event.peer === peer && event.does === 'join')
    if (joins.length === 1 && others.every((event) => event.atMs >= atMs)) continue
    throw new ConfigError(
      'BAD_VALUE',
      `churn.events: ${names[peer]!} joins ${joins.length === 1 ? 'after something else has happened to it' : 'more than once'}. ` +
        'A peer joins once, as the first thing it does; afterwards it restarts. Nothing was started.',
      { peer: names[peer]! },
    )
  }
}
