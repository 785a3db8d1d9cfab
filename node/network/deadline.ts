import { setMaxListeners } from 'node:events'
import { NetworkError } from './errors.js'

export interface Deadline {
  /** Aborts with a NetworkError: TIMED_OUT at the deadline, STOPPED when one of the given signals aborts first. */
  readonly signal: AbortSignal
  /** Always call it: until then a timer runs. */
  readonly clear: () => void
}

/**
 * One deadline for a whole exchange: with a limit per read a peer could drip bytes for ever.
 * Own timer rather than `AbortSignal.any` over `AbortSignal.timeout`, which Node 20 may collect before it fires.
 * @param what completes the sentence "… did not finish within".
 */
export const createDeadline = ({
  what,
  timeoutMs,
  signals = [],
}: {
  readonly what: string
  readonly timeoutMs: number
  readonly signals?: readonly (AbortSignal | undefined)[]
}): Deadline => {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const message = `${what} did not finish within ${timeoutMs} ms; nothing was changed. Ask again or ask another peer.`
    controller.abort(new NetworkError('TIMED_OUT', message, { timeoutMs }))
  }, timeoutMs)
  const onAbort = () =>
    controller.abort(new NetworkError('STOPPED', `${what} was called off; nothing was changed`))
  for (const signal of signals) {
    if (!signal) continue
    if (signal.aborted) onAbort()
    // One for every exchange under way, and each goes with its exchange: more than ten are no leak.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', onAbort)
  }
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', onAbort)
    },
  }
}

/** The deadline's own reason when it has passed, else the error: libp2p replaces reasons with an AbortError. */
export const reasonOrError = (signal: AbortSignal, error: unknown): unknown =>
  signal.aborted ? signal.reason : error

/** Settles as the promise does, or rejects with the signal's reason when it aborts first. */
export const within = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  let onAbort!: () => void
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    promise.catch(() => undefined)
  }
}
