import '../polyfills.js'
import type { Worker } from 'node:worker_threads'
import { CodecError, reasonOf } from '../../protocols/errors.js'
import { startThread } from '../threads/start-thread.js'
import type { CodingAnswers, CodingRequest, FromThread, ToThread } from './messages.js'
import { createCodingQueue } from './queue.js'

/**
 * Encodes and decodes in a thread of its own, one request after the other, decoding first, so that neither network nor
 * training waits for a large model. The thread begins with the first request, and does not keep the process alive.
 */
export interface Coder {
  /**
   * The sources live in the thread, one a codec: versions must not go back.
   * @throws CodecError NOT_FINITE
   */
  encode(request: Asked<'encode'>): Promise<Uint8Array<ArrayBuffer>>
  /**
   * @param request its bytes are gone afterwards, and its weights, on shared memory, are in `into`; garbage when it is rejected. @param signal given up: what has not begun is not done, and rejects with
   *   the signal's reason.
   * @throws CodecError
   */
  decode(request: Asked<'decode'>, signal?: AbortSignal): Promise<void>
  /**
   * The own model as those know it who follow, on shared memory, which nobody changes: as it was when a version was last
   * encoded. Undefined where nobody follows. Does not wait for the thread.
   */
  publicCopy(spec: string): Float32Array | undefined
  /** Requests under way, and later ones, reject. Safe to call twice. */
  close(): Promise<void>
}

type Asked<Kind extends CodingRequest['kind']> = Omit<Extract<CodingRequest, { readonly kind: Kind }>, 'kind'>

interface Job {
  readonly request: CodingRequest
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}

/** @param onFailure the thread has ended by itself: a mistake of our own. Nothing is encoded or decoded any more. */
export const createCoder = (onFailure: (error: Error) => void): Coder => {
  const queue = createCodingQueue<Job>()
  const copies = new Map<string, Float32Array>()
  let worker: Worker | undefined
  /** What the thread is doing: it is given one request at a time, so that a later one that matters more need not wait. */
  let current: Job | undefined
  let ended: Error | undefined
  let closed = false

  const end = (error: Error): void => {
    if (!ended && !closed) onFailure(error)
    ended ??= error
    for (const { reject } of [...(current ? [current] : []), ...queue.drain()]) reject(ended)
    current = undefined
  }
  const started = (): Worker => {
    const thread = startThread(new URL('./worker.js', import.meta.url), { name: 'codecs' })
    thread.on('message', (message: FromThread) => {
      // Closed meanwhile.
      if (!current) return
      const { request, resolve, reject } = current
      current = undefined
      if ('complaint' in message) {
        const { code, message: text, details } = message.complaint
        reject(new CodecError(code as CodecError['code'], text, details))
      } else {
        if (message.publicCopy) copies.set(request.spec, message.publicCopy)
        resolve(message.value as never)
      }
      proceed(thread)
    })
    thread.on('error', (error) => end(new Error(`the thread that encodes has failed: ${reasonOf(error)}`)))
    thread.on('exit', () => end(new Error('the thread that encodes has ended')))
    return thread
  }
  const proceed = (thread: Worker): void => {
    if (current) return
    current = queue.next()
    if (!current) return thread.unref()
    // Who waits for an answer keeps the process alive.
    thread.ref()
    const { request } = current
    const message: ToThread = request
    thread.postMessage(message, request.kind === 'decode' ? [request.bytes.buffer] : [])
  }
  const ask = <Kind extends CodingRequest['kind']>(
    request: Extract<CodingRequest, { readonly kind: Kind }>,
    signal?: AbortSignal,
  ): Promise<CodingAnswers[Kind]> => {
    if (ended) return Promise.reject(ended)
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const { promise, resolve, reject } = Promise.withResolvers<CodingAnswers[Kind]>()
    const job: Job = { request, resolve, reject }
    queue.push(request.kind, job)
    const giveUp = (): void => {
      if (queue.remove(job)) reject(signal!.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    proceed((worker ??= started()))
    return promise.finally(() => signal?.removeEventListener('abort', giveUp))
  }

  return {
    encode: (request) => ask<'encode'>({ kind: 'encode', ...request }),
    decode: (request, signal) => ask<'decode'>({ kind: 'decode', ...request }, signal),
    publicCopy: (spec) => copies.get(spec),
    async close() {
      closed = true
      end(new Error('the thread that encodes was closed'))
      await worker?.terminate()
    },
  }
}
