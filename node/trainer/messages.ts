import type {
  Evaluation,
  Examples,
  MixRequest,
  OptimizerConfig,
  Statistics,
} from '../../protocols/training/contract.js'
import type { Region } from '../kernels/model-memory.js'
import type { ActiveBackend, BackendChoice } from './backend-choice.js'
import type { ErrorRecord } from './errors.js'
import type { TrainFigures } from './session.js'

/** What every thread of a pool is started with. Pixels, labels, parts and flags lie on shared memory. */
export interface ThreadSetup {
  readonly model: string
  readonly train: Examples
  readonly test: Examples
  readonly optimizer: OptimizerConfig
  readonly batch: number
  /** Indices into `train` by trainer; a thread opens only the trainers it is asked for. */
  readonly parts: readonly Uint32Array[]
  /** Seeds of the orders of minibatches and of the choice of examples for statistics, by trainer. */
  readonly seeds: readonly number[]
  readonly backend: BackendChoice
  /** Why native TensorFlow may not be loaded; undefined when it may. */
  readonly tensorflowBarred: string | undefined
  /** A worker thread then steps behind the process's other threads: see `yieldToNetwork`. */
  readonly yields: boolean
  /** Of the memory in which models lie, for the thread to mix in; undefined where there is none. */
  readonly region: Region | undefined
  /** One int32 per trainer; non-zero tells the thread to give up what it does for it. It reads this while it cannot read messages. */
  readonly stop: Int32Array
}

/** How many tensors tfjs holds in the trainer's thread; the number does not grow from call to call. */
export interface Diagnostics {
  readonly tensors: number
  readonly bytes: number
}

/** Where the weights go that are the answer. The caller's; the thread's alone until it has answered. */
interface Into {
  readonly into: Float32Array
}

/** What may be asked of a trainer. Float32Arrays lie on shared memory: they are lent, not copied. */
export type TrainerRequest =
  | ({ readonly kind: 'initialWeights'; readonly seed: number } & Into)
  | ({ readonly kind: 'train'; readonly weights: Float32Array; readonly steps: number } & Into)
  | ({ readonly kind: 'mix' } & MixRequest & Into)
  | {
      readonly kind: 'evaluate'
      readonly weights: Float32Array
      readonly statistics?: Float32Array | undefined
    }
  | { readonly kind: 'estimateStatistics'; readonly weights: Float32Array }
  | { readonly kind: 'reset' }
  | { readonly kind: 'diagnostics' }
  /** Frees what the trainer holds; the thread goes on with its others. */
  | { readonly kind: 'close' }

/** The answer to each kind of request. */
export interface TrainerAnswers {
  readonly initialWeights: undefined
  readonly train: TrainFigures
  readonly mix: undefined
  readonly evaluate: Evaluation
  readonly estimateStatistics: Statistics
  readonly reset: undefined
  readonly diagnostics: Diagnostics
  readonly close: undefined
}

export type TrainerAnswer = TrainerAnswers[keyof TrainerAnswers]

/** A request with its number in the queue of its trainer. */
export interface QueuedRequest {
  readonly id: number
  readonly request: TrainerRequest
}

/** How one request ended. */
export type Outcome =
  | { readonly kind: 'answer'; readonly id: number; readonly value: TrainerAnswer }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorRecord }

/** Which trainer of the pool a message is for, or from. */
export interface ForTrainer {
  readonly trainer: number
}

export type TrainerMessage = { readonly kind: 'request' } & ForTrainer & QueuedRequest

/** `end` frees everything and ends the thread. */
export type ToWorker = TrainerMessage | { readonly kind: 'end' }

/** The thread cannot start or cannot go on; nothing comes after this. */
export interface ThreadFailed {
  readonly kind: 'failed'
  readonly error: ErrorRecord
}

export type FromWorker =
  { readonly kind: 'ready'; readonly backend: ActiveBackend } | ThreadFailed | (Outcome & ForTrainer)
