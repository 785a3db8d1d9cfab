import type { Layout } from '../../../protocols/model/index.js'
import type { Evaluation } from '../../../protocols/training/contract.js'

/** Weights as the simulator passes them on: there already, or on their way from a training thread. Never changed. */
export type Weights = Float32Array | Promise<Float32Array>

export interface Trained {
  readonly weights: Weights
  /** Mean training loss. */
  readonly loss: number
  /** Examples seen. */
  readonly samples: number
}

export interface SimulatedMix {
  readonly rule: string
  readonly contributions: readonly {
    readonly from: string
    readonly weights: Weights
    readonly weight: number
    readonly since?: Weights | undefined
  }[]
  readonly catchUp: { readonly now: Weights; readonly fraction: number }
}

/**
 * What the simulated peers train, by peer index. A trainer that answers at once is simulated in one go; one that
 * promises works in threads meanwhile, and virtual time waits for it where its results are due.
 */
export interface Training {
  readonly layout: Layout
  /** Examples per class of each peer; null where there are none. */
  readonly labelCounts: readonly (readonly number[])[] | null
  initial(peer: number): Weights
  /** Runs `steps` optimizer steps. The weights given are borrowed. */
  train(peer: number, weights: Weights, steps: number): Trained | Promise<Trained>
  /** Averages. May answer before the inputs are there. */
  mix(peer: number, request: SimulatedMix): Weights
  /** Quality on held-out data; any peer may evaluate any weights. */
  evaluate(peer: number, weights: Weights): Evaluation | Promise<Evaluation>
  /** The peer starts anew as a process: its optimizer's state is gone. */
  reset(peer: number): void
  close(): Promise<void>
}
