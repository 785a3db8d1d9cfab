import { parentPort } from 'node:worker_threads'
import { CodecError } from '../../protocols/errors.js'
import { createHost } from './host.js'
import type { CodingAnswers, FromThread, ToThread } from './messages.js'

const port = parentPort!
const perform = createHost()

/** Bytes are moved out of the thread, weights are shared. */
const send = (message: FromThread, value?: CodingAnswers[keyof CodingAnswers]): void =>
  port.postMessage(message, value instanceof Uint8Array ? [value.buffer] : [])

port.on('message', ({ id, request }: ToThread) => {
  try {
    const value = perform(request)
    send({ id, value }, value)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    const { code, message, details } = error
    send({ id, complaint: { code, message, details } })
  }
})
