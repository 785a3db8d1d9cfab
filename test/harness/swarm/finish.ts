import { SimulationError } from '../errors.js'
import type { Swarm } from './swarm.js'

/**
 * Events without any progress after which a simulation counts as stalled. Guess: many times what one round takes where
 * everyone hears everyone.
 */
const PATIENCE_EVENTS = 1_000_000
const PATIENCE_PER_PEER = 10_000
const PATIENCE_PER_PAIR = 50
/** Events between two looks at the outside world. Guess: well under 50 ms. */
const EVENTS_PER_TURN = 4096

/**
 * Steps to the end, waits for threads where their results are due, and lets signals and timers in now and then.
 * Rejects with SimulationError STALLED when the mean round has not passed its highest for very many events, and not even
 * when those have ended who trained then: one slow device may train while a thousand others exchange what they have.
 */
export const finish = async ({
  swarm,
  step,
  seed,
  signal,
}: {
  readonly swarm: Swarm
  readonly step: () => boolean
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}): Promise<void> => {
  const { agenda, peers } = swarm
  const patience =
    PATIENCE_EVENTS + peers.length * Math.min(PATIENCE_PER_PEER, PATIENCE_PER_PAIR * peers.length)
  let highest = 0
  let highestAt = 0
  let stallsAtMs: number | undefined
  for (let events = 1; ; events++) {
    const ready = agenda.waitsFor
    if (ready) await ready.catch(() => {})
    else if (events % EVENTS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    if (!step()) return
    if (swarm.meanRound > highest) {
      highest = swarm.meanRound
      highestAt = events
      stallsAtMs = undefined
    } else if (events - highestAt > patience) {
      stallsAtMs ??= peers.reduce((last, { trainsUntilMs }) => Math.max(last, trainsUntilMs), 0)
      if (agenda.nowMs > stallsAtMs) throw stalled(seed, patience)
    }
  }
}

/** @param eventsMax events that did not suffice. */
export const stalled = (seed: number, eventsMax: number): SimulationError =>
  new SimulationError('STALLED', `seed ${seed}: still not over after ${eventsMax} events`, {
    seed,
    eventsMax,
  })
