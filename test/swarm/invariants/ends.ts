import { limits } from '../../../protocols/limits.js'
import { longestJoinMs, longestRoundMs } from './round-time.js'
import { violated, type Invariant, type Watched } from './contract.js'

/** Events of one generated swarm. Guess: the largest ones take a tenth. */
const EVENTS_MAX = 150_000
/** Calls for one merge that come to nothing: tries, and those that other calls have disturbed. */
const MERGE_CALLS = limits.mergeCallsMax + limits.mergeDisturbedMax
/** Events of a call, per pair of peers: five words that each repeats five times a second to all others. */
const CALL_EVENTS_PER_PAIR = 1_850
/** Virtual milliseconds of a call: `TIMING` of the harness gives 72 s for all attempts. */
const CALL_MS = 80_000

/** Milliseconds between two turns of a finished peer, at least, as in the engine. */
const TURN_MS = 50
/** Turns per neighbour, in multiples of the mean, until each has been heard to be done. Guess: coupons collected twice over. */
const PATIENCE = 20

/** How long a finished peer may ask around, where it asks rarely and most answers are lost. */
const longestListeningMs = ({ scenario, world }: Watched): number => {
  const [kind, probability] = scenario.schedule.split(':')
  const asks = kind === 'probability' ? Math.max(0.05, Number(probability)) : 1
  return (TURN_MS * scenario.peers * PATIENCE) / (asks * (1 - world.links.loss) ** 2)
}

/**
 * The run ends, within bounds on events and virtual time, and then everyone who is there has done all rounds, however
 * often it was restarted, and a final merge that froze it has ended.
 */
export const ends: Invariant = {
  name: 'ends',
  watch(watched) {
    const { scenario, world } = watched
    const scheduledMs = Math.max(
      0,
      ...world.churn.events.map(({ atMs }) => atMs),
      ...world.partitions.map(({ untilMs }) => untilMs),
    )
    // From the last start, or the last thing that the scenario has in store, nothing can delay anyone for longer.
    const spareMs =
      longestJoinMs(world) +
      (scenario.rounds + 1) * longestRoundMs(watched) +
      world.timeouts.memberMs +
      longestListeningMs(watched) +
      (scenario.merge ? MERGE_CALLS * CALL_MS : 0)
    const eventsMax =
      EVENTS_MAX + (scenario.merge ? MERGE_CALLS * CALL_EVENTS_PER_PAIR * scenario.peers ** 2 : 0)
    let events = 0
    let lastStartMs = 0
    return {
      handled(_peer, event) {
        if (event.type === 'start') lastStartMs = watched.nowMs
        const mostMs = Math.max(scheduledMs, lastStartMs) + spareMs
        if (watched.nowMs > mostMs)
          throw violated('ends', 'the swarm', `is not over after ${mostMs.toFixed(0)} ms`)
      },
      stepped() {
        events += 1
        if (events > eventsMax) throw violated('ends', 'the swarm', `is not over after ${eventsMax} events`)
      },
      ended() {
        for (const peer of watched.peers) {
          if (!peer.alive) continue
          const { phase, frozen, round } = peer.engine.state
          if (frozen) {
            if (watched.merged(peer.id) || watched.abandoned(peer.id) !== undefined) continue
            throw violated(
              'ends',
              peer.id,
              'is frozen for ever: its merge neither succeeded nor was abandoned',
            )
          }
          if (phase !== 'finished')
            throw violated(
              'ends',
              peer.id,
              `ends in phase ${phase}, ${round} of ${scenario.rounds} rounds done`,
            )
        }
      },
    }
  },
}
