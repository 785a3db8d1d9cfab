import { fromRecord, TrainerError } from './errors.js'
import type { FromWorker, ToWorker, TrainerAnswer, TrainerAnswers, TrainerRequest } from './messages.js'

/** Requests that wait for one trainer. A peer has at most a train, a mix and an evaluation under way; the rest is slack. */
export const REQUESTS_MAX = 16

/** What the queue needs of a thread. */
export interface Thread {
  post(message: ToWorker): void
}

/** Hands requests to the thread one at a time, in the order they came, and settles each once. */
export interface RequestQueue {
  ask<Kind extends TrainerRequest['kind']>(
    request: Extract<TrainerRequest, { kind: Kind }>,
  ): Promise<TrainerAnswers[Kind]>
  /** A message of the thread. */
  receive(message: FromWorker): void
  /** Rejects what waits and whatever comes later with this error. Only the first call counts. */
  fail(error: Error): void
}

interface Waiting {
  readonly message: ToWorker
  readonly resolve: (value: TrainerAnswer) => void
  readonly reject: (error: Error) => void
}

export const createRequestQueue = (thread: Thread): RequestQueue => {
  /** The first one is with the thread. */
  const waiting: Waiting[] = []
  let failure: Error | undefined
  let lastId = 0

  const postFirst = (): void => {
    const first = waiting[0]
    if (first) thread.post(first.message)
  }

  return {
    ask: <Kind extends TrainerRequest['kind']>(request: Extract<TrainerRequest, { kind: Kind }>) =>
      new Promise<TrainerAnswers[Kind]>((resolve, reject) => {
        if (failure) return reject(failure)
        if (waiting.length >= REQUESTS_MAX) return reject(queueFull(request.kind))
        waiting.push({
          message: { id: ++lastId, request },
          resolve: resolve as (value: TrainerAnswer) => void,
          reject,
        })
        if (waiting.length === 1) postFirst()
      }),

    receive(message) {
      if (message.kind !== 'answer' && message.kind !== 'error') return
      // An answer may come late, after its caller was turned away.
      if (waiting[0]?.message.id !== message.id) return
      const { resolve, reject } = waiting.shift()!
      // The next one starts before this one's caller runs: the thread need not wait for our event loop.
      postFirst()
      if (message.kind === 'answer') resolve(message.value)
      else reject(fromRecord(message.error))
    },

    fail(error) {
      failure ??= error
      for (const { reject } of waiting.splice(0)) reject(failure)
    },
  }
}

const queueFull = (kind: string): TrainerError =>
  new TrainerError(
    'QUEUE_FULL',
    `${REQUESTS_MAX} requests wait for the trainer already; ${kind} was not queued. Await earlier calls first`,
    { kind, waiting: REQUESTS_MAX },
  )
