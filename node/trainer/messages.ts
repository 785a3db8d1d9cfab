import type {
  Evaluation,
  Examples,
  MixRequest,
  OptimizerConfig,
  TrainOutcome,
} from '../../protocols/training/contract.js'
import type { ActiveBackend, BackendChoice } from './backend-choice.js'
import type { ErrorRecord } from './errors.js'

/** What the trainer's thread is started with. Pixels, labels and the flag lie on shared memory. */
export interface WorkerSetup {
  readonly model: string
  readonly train: Examples
  readonly test: Examples
  readonly optimizer: OptimizerConfig
  readonly batch: number
  readonly seed: number
  readonly backend: BackendChoice
  readonly tensorflowFree: boolean
  /** One int32; non-zero tells the thread to give up what it is doing. It reads this while it cannot read messages. */
  readonly stop: Int32Array
}

/** How many tensors tfjs holds; the number does not grow from call to call. */
export interface Diagnostics {
  readonly tensors: number
  readonly bytes: number
}

/** What may be asked of the thread. Float32Arrays lie on shared memory: they are lent, not copied. */
export type TrainerRequest =
  | { readonly kind: 'initialWeights'; readonly seed: number }
  | { readonly kind: 'train'; readonly weights: Float32Array; readonly steps: number }
  | ({ readonly kind: 'mix' } & MixRequest)
  | { readonly kind: 'evaluate'; readonly weights: Float32Array }
  | { readonly kind: 'diagnostics' }
  | { readonly kind: 'close' }

/** The answer to each kind of request. */
export interface TrainerAnswers {
  readonly initialWeights: Float32Array
  readonly train: TrainOutcome
  readonly mix: Float32Array
  readonly evaluate: Evaluation
  readonly diagnostics: Diagnostics
  readonly close: undefined
}

export type TrainerAnswer = TrainerAnswers[keyof TrainerAnswers]

export interface ToWorker {
  readonly id: number
  readonly request: TrainerRequest
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly backend: ActiveBackend; readonly fingerprint: string }
  /** The thread could not start; it ends after this. */
  | { readonly kind: 'unable'; readonly error: ErrorRecord }
  | { readonly kind: 'answer'; readonly id: number; readonly value: TrainerAnswer }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorRecord }
