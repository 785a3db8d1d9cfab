import '../polyfills.js'
import { Worker } from 'node:worker_threads'
import { CodecError, reasonOf } from '../../protocols/errors.js'
import type { CodingAnswers, CodingRequest, FromThread, ToThread } from './messages.js'

/**
 * Encodes and decodes in a thread of its own, one request after the other, so that neither network nor training waits
 * for a large model. The thread begins with the first request, and does not keep the process alive.
 */
export interface Coder {
  /**
   * The sources live in the thread, one a codec: versions must not go back.
   * @throws CodecError NOT_FINITE
   */
  encode(request: Asked<'encode'>): Promise<Uint8Array<ArrayBuffer>>
  /** @param request its bytes are gone afterwards. @returns weights on shared memory. @throws CodecError */
  decode(request: Asked<'decode'>): Promise<Float32Array>
  /** A copy, on shared memory, of the own model as those know it who follow; undefined where nobody does. */
  publicCopy(spec: string): Promise<Float32Array | undefined>
  /** Requests under way, and later ones, reject. Safe to call twice. */
  close(): Promise<void>
}

type Asked<Kind extends CodingRequest['kind']> = Omit<Extract<CodingRequest, { readonly kind: Kind }>, 'kind'>

type Waiting = PromiseWithResolvers<CodingAnswers[keyof CodingAnswers]>

/** @param onFailure the thread has ended by itself: a mistake of our own. Nothing is encoded or decoded any more. */
export const createCoder = (onFailure: (error: Error) => void): Coder => {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let ended: Error | undefined
  let closed = false
  let next = 0

  const end = (error: Error): void => {
    if (!ended && !closed) onFailure(error)
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  const started = (): Worker => {
    const thread = startWorker()
    thread.on('message', (message: FromThread) => {
      const asked = waiting.get(message.id)
      // Closed meanwhile.
      if (!asked) return
      const { resolve, reject } = asked
      waiting.delete(message.id)
      if (waiting.size === 0) thread.unref()
      if ('complaint' in message) {
        const { code, message: text, details } = message.complaint
        reject(new CodecError(code as CodecError['code'], text, details))
      } else resolve(message.value)
    })
    thread.on('error', (error) => end(new Error(`the thread that encodes has failed: ${reasonOf(error)}`)))
    thread.on('exit', () => end(new Error('the thread that encodes has ended')))
    return thread
  }
  const ask = <Kind extends keyof CodingAnswers>(
    request: Extract<CodingRequest, { readonly kind: Kind }>,
    moved: readonly ArrayBuffer[] = [],
  ): Promise<CodingAnswers[Kind]> => {
    if (ended) return Promise.reject(ended)
    worker ??= started()
    // Who waits for an answer keeps the process alive.
    worker.ref()
    const answer: Waiting = Promise.withResolvers()
    waiting.set(next, answer)
    const message: ToThread = { id: next++, request }
    worker.postMessage(message, moved)
    return answer.promise as Promise<CodingAnswers[Kind]>
  }

  return {
    encode: (request) => ask<'encode'>({ kind: 'encode', ...request }),
    decode: (request) => ask<'decode'>({ kind: 'decode', ...request }, [request.bytes.buffer]),
    publicCopy: (spec) =>
      worker ? ask<'publicCopy'>({ kind: 'publicCopy', spec }) : Promise.resolve(undefined),
    async close() {
      closed = true
      end(new Error('the thread that encodes was closed'))
      await worker?.terminate()
    },
  }
}

/** From the TypeScript source or from the compiled file, whichever this file is. */
const startWorker = (): Worker => {
  const options = { name: 'codecs' }
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options)
  // Under tsx: Node 20 does not apply a loader to a thread's entry file, so a line of JavaScript loads tsx first.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(new URL('./worker.ts', import.meta.url).href)
  const source = `import(${loader}).then(({ register }) => { register(); return import(${entry}) })`
  return new Worker(source, { ...options, eval: true })
}
