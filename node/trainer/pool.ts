import { availableParallelism } from 'node:os'
import type { Layout } from '../../protocols/model/index.js'
import { createModelMemory } from '../kernels/model-memory.js'
import { closedError } from './errors.js'
import { startInlineThread } from './inline-thread.js'
import type { ThreadSetup } from './messages.js'
import { MIXING_BYTES } from './mixing-place.js'
import { checkPoolOptions, checkTrainer, type TrainerPoolOptions } from './options.js'
import { layoutOf, statisticsLengthOf } from './plan.js'
import { createRequestQueue, type RequestQueue } from './request-queue.js'
import { shareExamples, shareIndices } from './shared-memory.js'
import { createThreadTrainer, type ThreadTrainer } from './thread-trainer.js'
import type { ThreadStart, TrainingThread } from './training-thread.js'
import { startWorkerThread } from './worker-thread.js'

export interface TrainerPool {
  readonly layout: Layout
  readonly backend: string
  /** Why this backend: one sentence for people. */
  readonly backendReason: string
  /** Worker threads that train; 0: the caller's own trains. */
  readonly threads: number
  /**
   * The trainer of part `index`, the same one every time. It lives in thread `index` mod `threads`, where its requests run
   * in order, between those of the others. Its `close` rejects later calls of this one and frees what it holds.
   * @throws TrainerError BAD_OPTION
   */
  trainer(index: number): ThreadTrainer
  /** Ends all trainers and threads; calls under way reject with CLOSED. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Starts trainers of one model over parts of one dataset, spread over worker threads. With compiled kernels and with wasm the results
 * depend on the seeds and the order of each trainer's calls only, not on `threads`, bit for bit. A trainer that diverges
 * rejects its own caller; a thread that fails rejects the callers of its trainers, and the others go on.
 * @throws TrainerError UNKNOWN_MODEL, BAD_MODEL, BAD_OPTION, NO_BACKEND, BACKEND_BUSY, CLOSED (by the signal),
 *   WORKER_FAILED
 */
export const createTrainerPool = async (options: TrainerPoolOptions): Promise<TrainerPool> => {
  checkPoolOptions(options)
  return startPool(options)
}

/** The pool itself, of options that are checked already; for `createTrainer` too. */
export const startPool = async (options: TrainerPoolOptions): Promise<TrainerPool> => {
  const { parts, backend = 'compiled', models = createModelMemory(), signal } = options
  const { shape, classes } = options.train
  const layout = layoutOf(options.model, shape, classes)
  const statisticsLength = statisticsLengthOf(options.model, shape, classes)
  if (signal?.aborted) throw closedError()
  const asked = options.threads ?? (backend === 'tensorflow' ? 1 : availableParallelism())
  const threadCount = Math.min(asked, parts.length)
  const setup = setupOf(options, threadCount)

  const threadOf = (trainer: number): number => (threadCount === 0 ? 0 : trainer % threadCount)
  const queues: readonly RequestQueue[] = parts.map((_, trainer) =>
    createRequestQueue({
      post: (queued) => threads[threadOf(trainer)]!.post({ kind: 'request', trainer, ...queued }),
    }),
  )
  const threads = await startAll(
    Math.max(1, threadCount),
    (thread) => ({
      setup: { ...setup, region: models.region(MIXING_BYTES) },
      signal,
      onOutcome: (outcome) => queues[outcome.trainer]!.receive(outcome),
      onEnd: (error) => queues.forEach((queue, trainer) => threadOf(trainer) === thread && queue.fail(error)),
    }),
    threadCount === 0 ? startInlineThread : startWorkerThread,
  )

  const close = once(async () => {
    for (const queue of queues) queue.fail(closedError())
    setup.stop.forEach((_, trainer) => Atomics.store(setup.stop, trainer, 1))
    await Promise.all(threads.map((thread) => thread.end()))
    signal?.removeEventListener('abort', onAbort)
  })
  const onAbort = (): void => void close()
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) {
    await close()
    throw closedError()
  }

  const trainers = queues.map((queue, trainer) =>
    createThreadTrainer({
      layout,
      statisticsLength,
      backend: threads[threadOf(trainer)]!.backend,
      queue,
      vector: (length) => models.vector(length),
      close: once(() => {
        Atomics.store(setup.stop, trainer, 1)
        return queue.close(closedError())
      }),
    }),
  )
  const { name, why } = threads[0]!.backend
  return {
    layout,
    backend: name,
    backendReason: why,
    threads: threadCount,
    trainer(index) {
      checkTrainer(index, trainers.length)
      return trainers[index]!
    },
    close,
  }
}

const setupOf = (
  {
    model,
    train,
    test,
    optimizer,
    batch,
    parts,
    seeds,
    backend = 'compiled',
    yields = false,
  }: TrainerPoolOptions,
  threads: number,
): Omit<ThreadSetup, 'region'> => ({
  model,
  train: shareExamples(train),
  test: shareExamples(test),
  optimizer,
  batch,
  parts: parts.map(shareIndices),
  seeds,
  backend,
  yields,
  tensorflowBarred: threads === 1 ? undefined : `it serves pools of one worker thread, not of ${threads}`,
  stop: new Int32Array(new SharedArrayBuffer(parts.length * Int32Array.BYTES_PER_ELEMENT)),
})

/** All of them, or none: when one does not start, those that did are ended. */
const startAll = async (
  count: number,
  startOf: (thread: number) => ThreadStart,
  start: (start: ThreadStart) => Promise<TrainingThread>,
): Promise<readonly TrainingThread[]> => {
  const starts = await Promise.allSettled(
    Array.from({ length: count }, (_, thread) => start(startOf(thread))),
  )
  const failed = starts.find((outcome) => outcome.status === 'rejected')
  const threads = starts.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
  if (!failed) return threads
  await Promise.all(threads.map((thread) => thread.end()))
  throw failed.reason
}

/** The same promise for every call. */
const once = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
