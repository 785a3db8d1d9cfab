import { parentPort } from 'node:worker_threads'
import { CodecError } from '../../protocols/errors.js'
import { createHost } from './host.js'
import type { FromThread, ToThread } from './messages.js'

const port = parentPort!
const perform = createHost()

/** Bytes are moved out of the thread, weights are shared. */
const send = (message: FromThread): void => {
  const moved = 'value' in message && message.value instanceof Uint8Array ? [message.value.buffer] : []
  port.postMessage(message, moved)
}

port.on('message', (request: ToThread) => {
  try {
    send(perform(request))
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    const { code, message, details } = error
    send({ complaint: { code, message, details } })
  }
})
