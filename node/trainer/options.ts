import { ModelError } from '../../protocols/errors.js'
import type { Examples, OptimizerConfig } from '../../protocols/training/contract.js'
import type { ModelMemory } from '../kernels/model-memory.js'
import { backendChoice, type BackendChoice } from './backend-choice.js'
import { TrainerError } from './errors.js'

export interface TrainerOptions {
  /** The model as a run's configuration writes it, e.g. `mlp:128,64`. */
  readonly model: string
  /** What this peer trains on; at least one example. Read by the trainer's thread until it is closed; never changed. */
  readonly train: Examples
  /** Held-out examples of the same shape and classes; may be none. */
  readonly test: Examples
  readonly optimizer: OptimizerConfig
  /** Examples per optimizer step. */
  readonly batch: number
  /** Decides the order of the minibatches, and which examples statistics are taken over. */
  readonly seed: number
  /** @default 'auto' */
  readonly backend?: BackendChoice
  /** Where weights go. Borrowed for good. @default memory of the trainer's own */
  readonly models?: ModelMemory
  /** Closes the trainer, also while it starts. */
  readonly signal?: AbortSignal
}

export interface TrainerPoolOptions {
  readonly model: string
  /** The whole dataset; shared with every thread, copied onto shared memory once where it is not. Never changed. */
  readonly train: Examples
  /** Held-out examples of the same shape and classes, on which every trainer evaluates; may be none. */
  readonly test: Examples
  /**
   * Examples of each trainer as indices into `train`, at least one each; one trainer per entry. Shared with every thread,
   * copied onto shared memory once where they are not.
   */
  readonly parts: readonly Uint32Array[]
  readonly optimizer: OptimizerConfig
  /** Examples per optimizer step. */
  readonly batch: number
  /** Decides the order of the minibatches, and which examples statistics are taken over; one per trainer. */
  readonly seeds: readonly number[]
  /**
   * Threads that train, never more than trainers. 0 trains in the caller's own thread, for callers that are worker threads
   * themselves. @default the number of cores (`availableParallelism`); 1 when `backend` is `tensorflow`
   */
  readonly threads?: number
  /** Native TensorFlow runs in one worker thread of a process only: `tensorflow` needs `threads: 1`. @default 'compiled' */
  readonly backend?: BackendChoice
  /** Whether worker threads let the caller's run first, as one that answers other peers should (Linux). @default false */
  readonly yields?: boolean
  /** Where weights go. Borrowed for good. @default memory of the pool's own */
  readonly models?: ModelMemory
  /** Closes the pool, also while it starts. */
  readonly signal?: AbortSignal
}

/** Trainers of one pool; a guess above the largest simulation, which keeps its queues and flags small. */
const TRAINERS_MAX = 65_536
/** Threads of one pool; a guess above the cores of a machine. Each loads a backend of its own, about 80 MB of memory. */
const THREADS_MAX = 256
/** Examples per step; a guess that keeps a typing error from asking for gigabytes. */
const BATCH_MAX = 65_536
/** Steps per call; a guess. Each call holds up the ones behind it. */
const STEPS_MAX = 10_000_000

/** @throws TrainerError BAD_OPTION */
export const checkOptions = (options: TrainerOptions): void => {
  checkShared(options)
  checkSeed(options.seed)
}

/** @throws TrainerError BAD_OPTION */
export const checkPoolOptions = (options: TrainerPoolOptions): void => {
  checkShared(options)
  const { train, parts, seeds, threads, backend } = options
  checkWhole('parts.length', parts.length, 1, TRAINERS_MAX)
  if (seeds.length !== parts.length)
    throw badOption('seeds', `${seeds.length} seeds for ${parts.length} parts`)
  seeds.forEach(checkSeed)
  parts.forEach((part, index) => checkPart(part, index, train.count))
  if (threads !== undefined) checkWhole('threads', threads, 0, THREADS_MAX)
  if (backend === 'tensorflow' && threads !== undefined && threads !== 1) {
    throw badOption(
      'threads',
      `${threads}, but TensorFlow needs exactly one thread; choose compiled for others`,
    )
  }
}

const checkPart = (part: Uint32Array, index: number, count: number): void => {
  if (part.length === 0) throw badOption(`parts[${index}]`, 'has no examples to train on')
  const wrong = part.findIndex((example) => example >= count)
  if (wrong >= 0) throw badOption(`parts[${index}]`, `example ${part[wrong]} is not below ${count}`)
}

type SharedOptions = Pick<TrainerOptions, 'train' | 'test' | 'optimizer' | 'batch' | 'backend'>

const checkShared = ({ train, test, optimizer, batch, backend }: SharedOptions): void => {
  backendChoice(backend)
  checkWhole('batch', batch, 1, BATCH_MAX)
  checkExamples('train', train, 1)
  checkExamples('test', test, 0)
  if (train.classes !== test.classes || train.shape.join() !== test.shape.join()) {
    throw badOption('test', 'its shape or classes differ from those of the training examples')
  }
  checkOptimizer(optimizer)
}

/** @throws TrainerError BAD_OPTION */
export const checkTrainer = (index: number, count: number): void => checkWhole('trainer', index, 0, count - 1)

export const checkSteps = (steps: number): void => checkWhole('steps', steps, 1, STEPS_MAX)

export const checkSeed = (seed: number): void =>
  checkWhole('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)

/**
 * Statistics may come from a file or from other peers.
 * @throws ModelError LENGTH_MISMATCH; TrainerError BAD_OPTION
 */
export const checkStatistics = (statistics: Float32Array, length: number): void => {
  if (statistics.length !== length) {
    throw new ModelError(
      'LENGTH_MISMATCH',
      `the model has ${length} numbers of statistics, not ${statistics.length}; nothing was evaluated. Use those of the same model.`,
      { expected: length, actual: statistics.length },
    )
  }
  const wrong = statistics.findIndex((value, i) => !Number.isFinite(value) || (i % 2 === 1 && value < 0))
  if (wrong < 0) return
  const [kind, channel] = [wrong % 2 === 1 ? 'variance' : 'mean', Math.floor(wrong / 2)]
  throw badOption('statistics', `the ${kind} of channel ${channel} is ${statistics[wrong]}`)
}

const checkWhole = (name: string, value: number, min: number, max: number): void => {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return
  throw badOption(name, `${value} is not a whole number from ${min} to ${max}`)
}

const checkExamples = (name: string, examples: Examples, countMin: number): void => {
  const { pixels, labels, shape, classes, count } = examples
  checkWhole(`${name}.count`, count, countMin, 2 ** 32 - 1)
  // Labels are bytes.
  checkWhole(`${name}.classes`, classes, 1, 256)
  shape.forEach((size) => checkWhole(`${name}.shape`, size, 1, 65_536))
  const bytes = count * shape[0] * shape[1] * shape[2]
  if (pixels.length !== bytes) {
    throw badOption(`${name}.pixels`, `${pixels.length} bytes, but count and shape ask for ${bytes}`)
  }
  if (labels.length !== count)
    throw badOption(`${name}.labels`, `${labels.length} labels for ${count} examples`)
  const wrong = labels.findIndex((label) => label >= classes)
  if (wrong >= 0)
    throw badOption(`${name}.labels`, `label ${labels[wrong]} of example ${wrong} is not below ${classes}`)
}

const checkOptimizer = (optimizer: OptimizerConfig): void => {
  const need = (name: string, value: number, holds: boolean, range: string): void => {
    if (!Number.isFinite(value) || !holds) throw badOption(`optimizer.${name}`, `${value} is not ${range}`)
  }
  const { learningRate } = optimizer
  need('learningRate', learningRate, learningRate > 0, 'above 0')
  if (optimizer.kind === 'sgd') {
    need(
      'momentum',
      optimizer.momentum,
      optimizer.momentum >= 0 && optimizer.momentum < 1,
      'from 0 to below 1',
    )
    return
  }
  const { beta1, beta2, epsilon, weightDecay } = optimizer
  need('beta1', beta1, beta1 >= 0 && beta1 < 1, 'from 0 to below 1')
  need('beta2', beta2, beta2 >= 0 && beta2 < 1, 'from 0 to below 1')
  need('epsilon', epsilon, epsilon > 0, 'above 0')
  need('weightDecay', weightDecay, weightDecay >= 0, '0 or more')
}

const badOption = (option: string, problem: string): TrainerError =>
  new TrainerError('BAD_OPTION', `${option}: ${problem}; no trainer was started or changed`, { option })
