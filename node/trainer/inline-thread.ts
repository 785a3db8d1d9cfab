import { closedError, fromRecord } from './errors.js'
import type { Host } from './host.js'
import type { TrainerMessage } from './messages.js'
import type { ThreadStart, TrainingThread } from './training-thread.js'

/**
 * Trains in the caller's own thread, for callers that are worker threads themselves: one request per turn of the event
 * loop, which stands still meanwhile. The thread's priority stays what it is.
 * @throws TrainerError NO_BACKEND, BAD_MODEL, CLOSED (by the signal)
 */
export const startInlineThread = async ({ setup, ...start }: ThreadStart): Promise<TrainingThread> => {
  // Here and not above: a caller with worker threads loads no tfjs in its own.
  const { createHost } = await import('./host.js')
  return inlineThread(await createHost(setup), start)
}

/**
 * A thread of which the host is there already.
 * @throws TrainerError CLOSED (by the signal), and the host is disposed of
 */
export const inlineThread = (
  created: Host,
  { signal, onOutcome, onEnd }: Omit<ThreadStart, 'setup'>,
): TrainingThread => {
  let host: Host | undefined = created
  const stop = (error: Error): void => {
    if (!host) return
    const stopping = host
    host = undefined
    onEnd(error)
    try {
      stopping.dispose()
    } catch {
      // Only a host that failed cannot free what it holds, and its callers know of the failure already.
    }
  }
  if (signal?.aborted) {
    stop(closedError())
    throw closedError()
  }

  const perform = (message: TrainerMessage): void => {
    const outcome = host?.perform(message)
    if (outcome?.kind === 'failed') stop(fromRecord(outcome.error))
    else if (outcome) onOutcome(outcome)
  }
  return {
    backend: created.backend,
    post: (message) => void setImmediate(perform, message),
    end() {
      stop(closedError())
      return Promise.resolve()
    },
  }
}
