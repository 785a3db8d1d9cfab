import { defaultDeadlineBounds } from '../../../protocols/gossip-learning/index.js'
import { limits } from '../../../protocols/limits.js'
import type { World } from '../../harness/index.js'
import { perIncarnation, violated, type Invariant, type Watched } from './contract.js'

/** For sums of virtual times. */
const ROUNDING_MS = 1e-6
const LOOKS_EVERY = 16

/**
 * A round takes no longer than training takes on the slowest device, plus in mode rounds the longest deadline, plus
 * for a late start a bounded number of pulls. A process that is frozen for the final merge is not hurried.
 */
export const roundTime: Invariant = {
  name: 'round-time',
  watch(watched) {
    const roundMs = longestRoundMs(watched)
    const joinMs = longestJoinMs(watched.world)
    let steps = 0
    const progress = perIncarnation(() => ({ sinceMs: watched.nowMs, mostMs: roundMs }))
    return {
      handled(peer, event, effects) {
        const memory = progress(peer)
        const begins = event.type === 'start' || event.type === 'resume'
        if (begins || effects.some(({ type }) => type === 'roundEnded')) {
          memory.sinceMs = watched.nowMs
          memory.mostMs = roundMs + (event.type === 'start' && event.late ? joinMs : 0)
        }
      },
      stepped() {
        // Whoever is stuck stays so: a look now and then finds it.
        steps += 1
        if (steps % LOOKS_EVERY === 0) this.ended!()
      },
      ended() {
        for (const peer of watched.peers) {
          const { phase, frozen } = peer.engine.state
          if (!peer.alive || frozen || phase === 'finished' || phase === 'idle') continue
          const { sinceMs, mostMs } = progress(peer)
          const elapsedMs = watched.nowMs - sinceMs
          if (elapsedMs <= mostMs + ROUNDING_MS) continue
          throw violated(
            'round-time',
            peer.id,
            `has been in one round for ${elapsedMs.toFixed(3)} ms (phase ${phase}); ${mostMs.toFixed(3)} ms are the most`,
          )
        }
      },
    }
  },
}

/** The pulls that a late peer tries before it begins on its own. */
export const longestJoinMs = ({ timeouts }: World): number => limits.joinTriesMax * timeouts.pullMs

/** The slowest device's training and the longest wait. Lognormal speeds: never below e^(−6σ), by `normal`'s range. */
export const longestRoundMs = ({ scenario, world }: Pick<Watched, 'scenario' | 'world'>): number => {
  const { stepMs, jitter, speed } = world.devices
  const trainMs = (scenario.localSteps * stepMs * (1 + jitter)) / slowest(speed)
  return trainMs + (scenario.mode === 'rounds' ? defaultDeadlineBounds.maxMs : 0)
}

const slowest = (speed: World['devices']['speed']): number => {
  if (speed === 'alike') return 1
  return 'trace' in speed ? Math.min(...speed.trace) : Math.exp(-6 * speed.lognormal)
}
