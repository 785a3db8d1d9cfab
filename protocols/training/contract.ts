import type { Layout } from '../model/index.js'

/** Labelled images in memory, row-major; every holder may read it, no one changes it. */
export interface Examples {
  /** `count × height × width × channels` bytes, 0 to 255. May be backed by a SharedArrayBuffer so that threads share it. */
  readonly pixels: Uint8Array
  /** `count` class indices below `classes`. */
  readonly labels: Uint8Array
  /** [height, width, channels] of one example. */
  readonly shape: readonly [number, number, number]
  readonly classes: number
  readonly count: number
}

export type OptimizerConfig =
  | { readonly kind: 'sgd'; readonly learningRate: number; readonly momentum: number }
  | {
      readonly kind: 'adamw'
      readonly learningRate: number
      readonly beta1: number
      readonly beta2: number
      readonly epsilon: number
      readonly weightDecay: number
    }

export interface TrainOutcome {
  /** The trained weights, a fresh buffer that the caller owns. Backed by a SharedArrayBuffer when the trainer runs in a thread. */
  readonly weights: Float32Array
  /** Mean training loss over the steps. */
  readonly loss: number
  /** Examples seen: steps × batch. */
  readonly samples: number
  /** Wall milliseconds of the training itself. */
  readonly elapsedMs: number
}

export interface Evaluation {
  /** Fraction of examples whose most likely class is the label, 0 to 1. */
  readonly accuracy: number
  /** Mean cross-entropy, nats. */
  readonly loss: number
  readonly examples: number
}

/**
 * What batch normalisation needs to evaluate a model: how the inputs of its normalisation layers are distributed. They
 * belong to weights and examples together, and are not part of a layout.
 */
export interface Statistics {
  /** Examples they were taken over. */
  readonly count: number
  /**
   * Mean and population variance of each normalised channel, interleaved: [mean_0, variance_0, mean_1, variance_1, …], layer
   * after layer in the model's order. A fresh buffer that the caller owns.
   */
  readonly values: Float32Array
}

/** One model's weights and its share in an average. */
export interface Contribution {
  /** Peer id of the sender; contributions are mixed in the order of these. */
  readonly from: string
  readonly weights: Float32Array
  /** ≥ 0; the shares of one average sum to 1. */
  readonly weight: number
  /** Own weights of the time when this snapshot was announced, to bring it up to date with: see `caughtUp`. */
  readonly since?: Float32Array | undefined
}

export interface MixRequest {
  readonly rule: string
  readonly contributions: readonly Contribution[]
  /** Brings contributions with `since` up to date first. @default none is moved */
  readonly catchUp?: { readonly now: Float32Array; readonly fraction: number } | undefined
}

/** Trains one model on one peer's examples. The optimizer's state stays inside: it is never sent, and only `reset` forgets it. */
export interface Trainer {
  readonly layout: Layout
  /** Elements of the `values` of this model's statistics; 0 without batch normalisation. */
  readonly statisticsLength: number
  /** Which backend runs, e.g. `tensorflow`, `wasm`. */
  readonly backend: string
  /** Fresh weights from the model's own initialiser. Same seed, same backend: same weights. */
  initialWeights(seed: number): Promise<Float32Array>
  /** Runs `steps` optimizer steps from `weights`, which it borrows until the promise settles and does not change. */
  train(request: { readonly weights: Float32Array; readonly steps: number }): Promise<TrainOutcome>
  /** Forgets the optimizer's state and begins the order of minibatches anew, as a restarted process would. */
  reset(): Promise<void>
  /** Averages with the named rule. Borrows the inputs; the result is a fresh buffer that the caller owns. */
  mix(request: MixRequest): Promise<Float32Array>
  /**
   * The statistics of the normalised channels under these weights, which it borrows: over some of the own training examples,
   * the same ones every time. Count 0 and no values for a model without batch normalisation.
   */
  estimateStatistics(weights: Float32Array): Promise<Statistics>
  /**
   * Evaluates on the held-out examples given at creation. Borrows both vectors.
   * @param statistics of `statisticsLength`, variances ≥ 0; may be combined from those of several peers.
   *   @default those that `estimateStatistics` gives for the weights
   */
  evaluate(weights: Float32Array, statistics?: Float32Array): Promise<Evaluation>
  /** Ends the trainer and frees what it holds. Later calls reject. Safe to call twice. */
  close(): Promise<void>
}
