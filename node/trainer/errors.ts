import {
  AveragingError,
  isMurmurationError,
  ModelError,
  MurmurationError,
  reasonOf,
} from '../../protocols/errors.js'
import type { OptimizerConfig } from '../../protocols/training/contract.js'
import { KernelError } from '../kernels/errors.js'

/** What can go wrong when a model is trained. Branch on `code`. */
export class TrainerError extends MurmurationError<
  | 'NO_BACKEND'
  | 'BACKEND_BUSY'
  | 'UNKNOWN_MODEL'
  | 'BAD_MODEL'
  | 'BAD_OPTION'
  | 'BAD_BATCH'
  | 'DIVERGED'
  | 'QUEUE_FULL'
  | 'CLOSED'
  | 'WORKER_FAILED'
> {}

/** An error as it crosses the thread boundary: structured cloning drops an error's class and its code. */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  readonly stack: string
}

export const toRecord = (error: unknown): ErrorRecord => {
  const known: MurmurationError | undefined = isMurmurationError(error) ? error : undefined
  return {
    name: error instanceof Error ? error.name : 'Error',
    message: reasonOf(error),
    code: known?.code ?? '',
    details: known?.details ?? {},
    stack: error instanceof Error ? (error.stack ?? '') : '',
  }
}

type Thrown = new (
  code: never,
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => MurmurationError
const classes: readonly Thrown[] = [TrainerError, ModelError, AveragingError, KernelError]

/** The error of the other thread, of its own class. Anything unexpected becomes WORKER_FAILED with the other side's stack. */
export const fromRecord = ({ name, message, code, details, stack }: ErrorRecord): Error => {
  const known = classes.find((candidate) => candidate.name === name)
  if (known) return new known(code as never, message, details)
  return workerFailed(message, { name, stack })
}

export const closedError = (): TrainerError =>
  new TrainerError('CLOSED', 'the trainer is closed; weights given to it are unchanged. Create another one')

/** The end of a thread that nobody asked for. Every trainer in it is lost. */
export const workerFailed = (reason: string, details: Readonly<Record<string, unknown>> = {}): TrainerError =>
  new TrainerError(
    'WORKER_FAILED',
    `the trainer's thread failed: ${reason}. Weights given to it are unchanged; the optimizer state is lost, also that ` +
      `of other trainers in the same thread. Create another one`,
    { reason, ...details },
  )

/** @param step of the call, from 1, whose loss or weights are not finite. */
export const divergedError = ({
  step,
  loss,
  optimizer: { kind, learningRate },
}: {
  readonly step: number
  readonly loss: number
  readonly optimizer: OptimizerConfig
}): TrainerError =>
  new TrainerError(
    'DIVERGED',
    `training diverged at step ${step} of this call (loss ${loss}); the last good weights are untouched ` +
      `and the optimizer's state was reset. Lower the learning rate (now ${kind} with ${learningRate})`,
    { step, loss, learningRate },
  )
