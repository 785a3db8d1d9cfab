import type { Worker } from 'node:worker_threads'
import { reasonOf } from '../../protocols/errors.js'
import { assertFits } from '../../protocols/model/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { ActiveBackend } from './backend-choice.js'
import { fromRecord, TrainerError } from './errors.js'
import type { Diagnostics, FromWorker } from './messages.js'
import { checkOptions, checkSeed, checkSteps, type TrainerOptions } from './options.js'
import { layoutOf } from './plan.js'
import { createRequestQueue, type RequestQueue } from './request-queue.js'
import { shareExamples, shareFloats } from './shared-memory.js'
import { keepTensorflowLoaded, takeTensorflow } from './tensorflow-process.js'
import { startWorker } from './worker-thread.js'

/** Milliseconds a closing thread gets to finish its step and free its tensors before it is terminated. Guess. */
const CLOSE_DEADLINE_MS = 2_000

export interface ThreadTrainer extends Trainer {
  readonly backend: ActiveBackend['name']
  /** Why this backend: one sentence for people. */
  readonly backendReason: string
  /** What tfjs holds in the thread; for tests and for `doctor`. */
  diagnostics(): Promise<Diagnostics>
}

/**
 * Starts a trainer in a thread of its own, so that training never holds up the caller's event loop. Requests run one
 * at a time in the order they came. Examples and weights on a SharedArrayBuffer are shared with the thread; others are
 * copied onto one, examples once, weights per call.
 * @throws TrainerError UNKNOWN_MODEL, BAD_MODEL, BAD_OPTION, NO_BACKEND, BACKEND_BUSY, CLOSED (by the signal),
 *   WORKER_FAILED
 */
export const createTrainer = async (options: TrainerOptions): Promise<ThreadTrainer> => {
  checkOptions(options)
  const { model, train, test, optimizer, batch, seed, backend = 'auto', signal } = options
  const layout = layoutOf(model, train.shape, train.classes)
  if (signal?.aborted) throw closedError()

  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const tensorflow = backend === 'wasm' ? undefined : takeTensorflow()
  if (tensorflow) await keepTensorflowLoaded()
  const worker = releaseOnThrow(tensorflow, () =>
    startWorker({
      model,
      train: shareExamples(train),
      test: shareExamples(test),
      optimizer,
      batch,
      seed,
      backend,
      tensorflowFree: tensorflow !== undefined,
      stop,
    }),
  )
  worker.once('exit', () => tensorflow?.release())

  const queue = createRequestQueue({ post: (message) => worker.postMessage(message) })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const ready = await started(worker, queue, signal)
  if (ready.backend.name !== 'tensorflow') tensorflow?.release()

  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= end({ worker, exited, queue, stop }).finally(() =>
      signal?.removeEventListener('abort', onAbort),
    )
    return closing
  }
  const onAbort = (): void => void close()
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) await close()

  return {
    layout,
    backend: ready.backend.name,
    backendReason: ready.backend.why,
    async initialWeights(seedOfWeights) {
      checkSeed(seedOfWeights)
      return queue.ask({ kind: 'initialWeights', seed: seedOfWeights })
    },
    async train({ weights, steps }) {
      assertFits(weights, layout)
      checkSteps(steps)
      return queue.ask({ kind: 'train', weights: shareFloats(weights), steps })
    },
    async mix({ rule, contributions, catchUp }) {
      const shared = (weights: Float32Array): Float32Array => {
        assertFits(weights, layout)
        return shareFloats(weights)
      }
      return queue.ask({
        kind: 'mix',
        rule,
        contributions: contributions.map(({ weights, since, ...rest }) => ({
          ...rest,
          weights: shared(weights),
          since: since && shared(since),
        })),
        catchUp: catchUp && { ...catchUp, now: shared(catchUp.now) },
      })
    },
    async evaluate(weights) {
      assertFits(weights, layout)
      return queue.ask({ kind: 'evaluate', weights: shareFloats(weights) })
    },
    diagnostics: () => queue.ask({ kind: 'diagnostics' }),
    close,
  }
}

const releaseOnThrow = <T>(held: { release(): void } | undefined, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    held?.release()
    throw error
  }
}

/**
 * Waits until the thread is ready, and from then on passes its messages and its end to the queue. A start that fails is
 * reported once the thread has ended: until then it may hold TensorFlow.
 */
const started = (worker: Worker, queue: RequestQueue, signal: AbortSignal | undefined) =>
  new Promise<Extract<FromWorker, { kind: 'ready' }>>((resolve, reject) => {
    let cause: Error | undefined
    const giveUp = (error: Error): void => {
      cause ??= error
      void worker.terminate()
    }
    const onAbort = (): void => giveUp(closedError())
    signal?.addEventListener('abort', onAbort)
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'unable') giveUp(fromRecord(message.error))
      else if (message.kind === 'ready') {
        signal?.removeEventListener('abort', onAbort)
        resolve(message)
      } else queue.receive(message)
    })
    worker.on('error', (error) => (cause ??= workerFailed(reasonOf(error))))
    worker.on('exit', (exitCode) => {
      signal?.removeEventListener('abort', onAbort)
      const error = cause ?? workerFailed(`it ended with exit code ${exitCode}`)
      queue.fail(error)
      reject(error)
    })
  })

/**
 * Turns away all callers, tells the thread to stop after its current step and to free its tensors (native TensorFlow
 * holds them outside the thread's heap), and terminates it if that takes too long.
 */
const end = async ({
  worker,
  exited,
  queue,
  stop,
}: {
  readonly worker: Worker
  readonly exited: Promise<void>
  readonly queue: RequestQueue
  readonly stop: Int32Array
}): Promise<void> => {
  queue.fail(closedError())
  Atomics.store(stop, 0, 1)
  worker.postMessage({ id: 0, request: { kind: 'close' } })
  const deadline = setTimeout(() => void worker.terminate(), CLOSE_DEADLINE_MS)
  await exited
  clearTimeout(deadline)
}

const closedError = (): TrainerError =>
  new TrainerError('CLOSED', 'the trainer is closed; weights given to it are unchanged. Create another one')

const workerFailed = (reason: string): TrainerError =>
  new TrainerError(
    'WORKER_FAILED',
    `the trainer's thread failed: ${reason}. Weights given to it are unchanged, its optimizer state is lost. Create another one`,
    { reason },
  )
