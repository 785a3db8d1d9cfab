import { hash32 } from '../../protocols/random.js'
import type { RunConfiguration } from '../../protocols/run/index.js'

/** Each peer its own random numbers, the same in each run with the same seed and identity. */
export const seedFor = (seed: number, peerId: string): number => hash32(`${seed} ${peerId}`)

/** Of the weights that a peer begins with. */
export const initialSeed = ({ init, seed }: RunConfiguration, peerId: string): number =>
  init === 'same' ? seed : seedFor(seed, peerId)
