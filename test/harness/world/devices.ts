import { createRandom } from '../../../protocols/random.js'
import { exp, normal } from './distributions.js'
import type { Devices } from './schema.js'

/** How long each peer takes to train. */
export interface Pace {
  /** Virtual milliseconds of the next local round of this many steps. */
  roundMs(peer: number, steps: number): number
}

export const createPace = ({ stepMs, jitter, speed }: Devices, peers: number, seed: number): Pace => {
  const random = createRandom(seed, 'jitter')
  const millisecondsPerStep = Float64Array.from(
    { length: peers },
    (_, peer) => stepMs / speedOf(speed, peer, seed),
  )
  return {
    roundMs(peer, steps) {
      const exact = steps * millisecondsPerStep[peer]!
      return jitter === 0 ? exact : exact * (1 - jitter + 2 * jitter * random.next())
    },
  }
}

/** Relative speed of a peer; 2 is twice as fast as the others. */
const speedOf = (speed: Devices['speed'], peer: number, seed: number): number => {
  if (speed === 'alike') return 1
  if ('trace' in speed) return speed.trace[peer % speed.trace.length]!
  return exp(speed.lognormal * normal(createRandom(seed, 'speed', peer)))
}
