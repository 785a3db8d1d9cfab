import type { CellSettings } from './settings.js'

/** A cell begins: what it is, and what each peer trains on. First record of a cell. */
export interface CellRecord {
  readonly type: 'cell'
  readonly cell: string
  readonly settings: CellSettings
  /** Examples per class of each peer; null with the toy trainer. */
  readonly labelCounts: readonly (readonly number[])[] | null
}

/**
 * What is measured each time the mean number of rounds over the live peers passes a multiple of `evaluateEvery`; the last
 * one when it passes several at once, as when someone far behind goes.
 */
export interface RoundRecord {
  readonly type: 'round'
  readonly cell: string
  /** The multiple that was passed, the last one where there were several; in the last record the rounds of the run. */
  readonly round: number
  /** Virtual milliseconds since the beginning. */
  readonly virtualMs: number
  /** Mean over the peers of the training loss of their last local round. */
  readonly trainLoss: number
  /**
   * Accuracy of the local models on the held-out examples, 0 to 1. Toy: 1 − distance to the optimum, in units of the
   * initial models' mean distance, at least 0.
   */
  readonly localAccuracyMean: number
  readonly localAccuracyMin: number
  readonly localAccuracyMax: number
  /** Accuracy of the uniform average of the local models: what a final merge now would give. */
  readonly mergedAccuracy: number
  /** Root mean square distance of the local models to their average. */
  readonly consensusDistance: number
  /** By kernel: mean variance of the local models, in units of that of their initial weights. 1: as initialised. */
  readonly varianceRatio: Readonly<Record<string, number>>
  /** Mean over the peers, snapshots and announcements together, since the beginning. */
  readonly bytesSentPerPeer: number
  readonly peersAlive: number
}

/** A cell has ended. Last record of a cell. */
export interface ResultRecord {
  readonly type: 'result'
  readonly cell: string
  readonly rule: string
  readonly baseline: string
  readonly topology: string
  readonly seed: number
  readonly peers: number
  readonly rounds: number
  /** The first measured round with a mean local accuracy of at least `target`; null when there is none. */
  readonly roundsToTarget: number | null
  readonly localAccuracyMean: number
  readonly localAccuracyMin: number
  readonly mergedAccuracy: number
  readonly consensusDistance: number
  readonly bytesSentPerPeer: number
  /** Virtual milliseconds from the first to the last event. */
  readonly virtualMs: number
  /** Local rounds that all peers did together, per second of wall time. */
  readonly nodeRoundsPerSecond: number
  /** Examples trained on per second of wall time; null with the toy trainer. */
  readonly samplesPerSecond: number | null
  /** Wall seconds. */
  readonly seconds: number
}

/** A cell could not be run to its end. Last record of such a cell; the others go on. */
export interface FailureRecord {
  readonly type: 'failure'
  readonly cell: string
  readonly code: string
  readonly message: string
}

export type SimulationRecord = CellRecord | RoundRecord | ResultRecord | FailureRecord
