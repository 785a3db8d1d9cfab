import type { Layout } from '../../protocols/model/index.js'
import type { Evaluation, Statistics, TrainOutcome } from '../../protocols/training/contract.js'
import type { ActiveBackend } from './backend-choice.js'
import { TrainerError } from './errors.js'
import type { Diagnostics, ThreadSetup } from './messages.js'

/** Asked before every step and every batch of an evaluation; true ends the call with CLOSED. */
export type Stopped = () => boolean

export interface SessionSetup {
  /** Indices of the examples to train on. */
  readonly part: Uint32Array
  /** Decides the order of the minibatches, and which examples statistics are taken over. */
  readonly seed: number
  readonly stopped: Stopped
}

/** What training tells beside the weights. */
export type TrainFigures = Omit<TrainOutcome, 'weights'>

/**
 * What one trainer keeps from call to call: its optimizer's state and its place in the order of minibatches. Lives in
 * the thread that called, and every call blocks that thread.
 */
export interface Session {
  /**
   * Borrows `weights` during the call and writes what was trained to `into`, another vector; both lie on shared memory. What failed
   * may leave garbage in `into`.
   * @throws TrainerError DIVERGED (the optimizer's state is then reset), CLOSED; ModelError LENGTH_MISMATCH
   */
  train(request: {
    readonly weights: Float32Array
    readonly steps: number
    readonly into: Float32Array
  }): TrainFigures
  /** Back to how it was opened. */
  reset(): void
  /** Frees what it holds. The bench and its other sessions go on. */
  dispose(): void
}

/**
 * Everything that the sessions of one thread share: a backend, the model to compute with, the examples. Sessions take
 * turns on it and may leave nothing in it that another one could notice.
 */
export interface Bench {
  readonly backend: ActiveBackend
  open(setup: SessionSetup): Session
  /**
   * The statistics of a trainer's own examples under these weights; the values are a fresh vector on shared memory. Opens
   * no session.
   * @throws ModelError LENGTH_MISMATCH
   */
  estimateStatistics(weights: Float32Array, of: SessionSetup): Statistics
  /**
   * Without `statistics`, with those of the trainer's own examples. Opens no session.
   * @throws TrainerError CLOSED; ModelError LENGTH_MISMATCH
   */
  evaluate(
    model: { readonly weights: Float32Array; readonly statistics?: Float32Array | undefined },
    of: SessionSetup,
  ): Evaluation
  diagnostics(): Diagnostics
  /** Frees what the bench holds; its sessions are disposed of before. */
  dispose(): void
}

/**
 * A way to train: starts in the thread that called.
 * @throws TrainerError NO_BACKEND, BACKEND_BUSY, BAD_MODEL
 */
export type StartBench = (setup: ThreadSetup, layout: Layout) => Promise<Bench>

/** @throws TrainerError CLOSED */
export const assertRunning = (stopped: Stopped): void => {
  if (stopped())
    throw new TrainerError('CLOSED', 'the trainer was closed; the call was given up, no weights changed')
}
