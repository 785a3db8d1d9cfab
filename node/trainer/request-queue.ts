import { fromRecord, TrainerError } from './errors.js'
import type { Outcome, QueuedRequest, TrainerAnswer, TrainerAnswers, TrainerRequest } from './messages.js'

/** Requests that wait for one trainer. A peer has at most a train, a mix and an evaluation under way; the rest is slack. */
export const REQUESTS_MAX = 16

/** What the queue needs of the thread that its trainer lives in. */
export interface Recipient {
  post(message: QueuedRequest): void
}

/** The requests of one trainer: hands them to its thread one at a time, in the order they came, and settles each once. */
export interface RequestQueue {
  ask<Kind extends TrainerRequest['kind']>(
    request: Extract<TrainerRequest, { kind: Kind }>,
  ): Promise<TrainerAnswers[Kind]>
  /** The thread's answer. */
  receive(outcome: Outcome): void
  /** Rejects what waits and whatever comes later with this error. Only the first call counts. */
  fail(error: Error): void
  /**
   * Fails with this error and asks the thread to free what the trainer holds, behind the request it has now. Resolves
   * when that is done, or when a later `fail` says that nothing is left to free.
   */
  close(error: Error): Promise<void>
}

interface Waiting {
  readonly message: QueuedRequest
  readonly resolve: (value: TrainerAnswer) => void
  readonly reject: (error: Error) => void
}

export const createRequestQueue = (thread: Recipient): RequestQueue => {
  /** The first one is with the thread. */
  const waiting: Waiting[] = []
  /** What the thread reads and writes, also when its caller was turned away: whose vectors may not be anyone else's yet. */
  let underWay: QueuedRequest | undefined
  let failure: Error | undefined
  let lastId = 0
  let closing: { readonly id: number; readonly done: () => void } | undefined

  const postFirst = (): void => {
    while (waiting[0]) {
      try {
        underWay = waiting[0].message
        return thread.post(underWay)
      } catch (error) {
        // It cannot be cloned; those behind it shall not wait for an answer that never comes.
        waiting.shift()!.reject(error as Error)
      }
    }
  }

  const turnAway = (error: Error): void => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(failure)
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

    receive(outcome) {
      if (outcome.id === underWay?.id) underWay = undefined
      if (outcome.id === closing?.id) return closing.done()
      // An answer may come late, after its caller was turned away.
      if (waiting[0]?.message.id !== outcome.id) return
      const { resolve, reject } = waiting.shift()!
      // The next one starts before this one's caller runs: the thread need not wait for our event loop.
      postFirst()
      if (outcome.kind === 'answer') resolve(outcome.value)
      else reject(fromRecord(outcome.error))
    },

    fail(error) {
      turnAway(error)
      closing?.done()
    },

    close: (error) =>
      new Promise((resolve) => {
        const lost = failure !== undefined
        turnAway(error)
        if (lost) return resolve()
        closing = { id: ++lastId, done: resolve }
        thread.post({ id: closing.id, request: { kind: 'close' } })
      }),
  }
}

const queueFull = (kind: string): TrainerError =>
  new TrainerError(
    'QUEUE_FULL',
    `${REQUESTS_MAX} requests wait for the trainer already; ${kind} was not queued. Await earlier calls first`,
    { kind, waiting: REQUESTS_MAX },
  )
