import type { Worker } from 'node:worker_threads'
import { reasonOf } from '../../protocols/errors.js'
import { startThread } from '../threads/start-thread.js'
import { autoWantsTensorflow } from './auto-bench.js'
import type { ActiveBackend } from './backend-choice.js'
import { closedError, fromRecord, workerFailed } from './errors.js'
import type { FromWorker, ThreadSetup, ToWorker } from './messages.js'
import { keepTensorflowLoaded, takeTensorflow } from './tensorflow-process.js'
import type { ThreadStart, TrainingThread } from './training-thread.js'

/** Milliseconds an ending thread gets to finish its step and free its tensors before it is terminated. Guess. */
const END_DEADLINE_MS = 2_000

/**
 * Starts a worker thread that trains. Native TensorFlow goes to one thread of the process at a time.
 * @throws TrainerError NO_BACKEND, BACKEND_BUSY, BAD_MODEL, CLOSED (by the signal), WORKER_FAILED
 */
export const startWorkerThread = async (start: ThreadStart): Promise<TrainingThread> => {
  const { setup } = start
  const wanted = setup.backend === 'tensorflow' || (setup.backend === 'auto' && autoWantsTensorflow(setup))
  const tensorflow = wanted ? takeTensorflow() : undefined
  if (tensorflow) await keepTensorflowLoaded()
  const busy = wanted && !tensorflow ? 'another trainer of this process has it' : undefined
  const worker = releaseOnThrow(tensorflow, () =>
    startWorker({ ...setup, tensorflowBarred: setup.tensorflowBarred ?? busy }),
  )
  worker.once('exit', () => tensorflow?.release())
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const post = (message: ToWorker): void => worker.postMessage(message)

  const backend = await started(worker, start)
  if (backend.name !== 'tensorflow') tensorflow?.release()

  const end = async (): Promise<void> => {
    // It frees its tensors itself: native TensorFlow holds them outside the thread's heap.
    post({ kind: 'end' })
    const deadline = setTimeout(() => void worker.terminate(), END_DEADLINE_MS)
    await exited
    clearTimeout(deadline)
  }
  return { backend, post, end }
}

const releaseOnThrow = <T>(held: { release(): void } | undefined, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    held?.release()
    throw error
  }
}

const startWorker = (setup: ThreadSetup): Worker =>
  startThread(new URL('./worker.js', import.meta.url), { workerData: setup, name: 'trainer' })

/**
 * Waits until the thread is ready, and from then on passes on its outcomes and its end. A start that fails is reported
 * once the thread has ended: until then it may hold TensorFlow.
 */
const started = (worker: Worker, { signal, onOutcome, onEnd }: ThreadStart) =>
  new Promise<ActiveBackend>((resolve, reject) => {
    let cause: Error | undefined
    const giveUp = (error: Error): void => {
      cause ??= error
      void worker.terminate()
    }
    const onAbort = (): void => giveUp(closedError())
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    worker.on('message', (message: FromWorker) => {
      // What a thread says after it failed cannot be trusted.
      if (cause) return
      if (message.kind === 'failed') giveUp(fromRecord(message.error))
      else if (message.kind === 'ready') {
        signal?.removeEventListener('abort', onAbort)
        resolve(message.backend)
      } else onOutcome(message)
    })
    worker.on('error', (error) => (cause ??= workerFailed(reasonOf(error))))
    worker.on('exit', (exitCode) => {
      signal?.removeEventListener('abort', onAbort)
      const error = cause ?? workerFailed(`it ended with exit code ${exitCode}`)
      onEnd(error)
      reject(error)
    })
  })
