import type { z } from 'zod'
import type { Mixing } from '../../protocols/gossip-learning/index.js'
import { createToyTraining, type Scenario, type worldSchema } from '../harness/index.js'

export type WorldInput = z.input<typeof worldSchema>

/** A scenario as plain data, so that a failure can be printed as YAML and read by anyone. */
export interface SwarmScenario {
  readonly seed: number
  readonly peers: number
  readonly topology: string
  readonly rounds: number
  readonly localSteps: number
  readonly mode: 'async' | 'rounds'
  readonly schedule: string
  readonly mixing: Mixing
  readonly catchUp: number
  readonly rule: string
  /** Of the toy's models. */
  readonly init: 'same' | 'different'
  readonly dimensions: number
  readonly merge: boolean
  readonly world: WorldInput
}

/** What `simulate` takes, with the toy as training. */
export const simulated = ({ init, dimensions, ...scenario }: SwarmScenario): Scenario => ({
  ...scenario,
  training: createToyTraining({ peers: scenario.peers, dimensions, seed: scenario.seed, init }),
})
