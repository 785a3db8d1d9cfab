import { hash32 } from '../../protocols/random.js'
import type { RunConfiguration } from '../../protocols/run/index.js'

/** Each peer its own random numbers, the same in each run with the same seed and identity. */
const seedFor = (seed: number, peerId: string): number => hash32(`${seed} ${peerId}`)

/** Every peer draws its minibatches in an order of its own. */
export const trainingSeed = ({ seed }: Pick<RunConfiguration, 'seed'>, peerId: string): number =>
  seedFor(seed, peerId)

/** Of the weights that a peer begins with. */
export const initialSeed = ({ init, seed }: RunConfiguration, peerId: string): number =>
  init === 'same' ? seed : seedFor(seed, peerId)
