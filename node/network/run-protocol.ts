import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import type { Limits } from '../../protocols/limits.js'
import {
  decodeRunReply,
  decodeRunRequest,
  encodeRunReply,
  encodeRunRequest,
} from '../../protocols/wire/index.js'
import type { RunReply, RunRequest } from '../../protocols/wire/index.js'
import { createDeadline, reasonOrError, within } from './deadline.js'
import { asExchangeError, faultOf, NetworkError } from './errors.js'
import type { Tally } from './tally.js'

/** One request and one reply a stream. */
export const RUN_PROTOCOL = '/murmuration/run/1.0.0'

export interface RunProtocolDeps {
  readonly limits: Limits
  readonly tally: Tally
}

/**
 * Asks one thing on a stream of its own.
 * @throws NetworkError or WireError.
 */
export const askRun = async (
  connection: Connection,
  request: RunRequest,
  { limits, tally, signal: callerSignal }: RunProtocolDeps & { readonly signal?: AbortSignal },
): Promise<RunReply> => {
  const peerId = connection.remotePeer.toString()
  const { signal, clear } = createDeadline({
    what: `asking ${peerId}`,
    timeoutMs: limits.helloTimeoutMs,
    signals: [callerSignal],
  })
  let stream: Stream | undefined
  try {
    stream = await within(connection.newStream(RUN_PROTOCOL, { signal }), signal)
    const frames = lpStream(stream, framesUpTo(limits.controlFrameBytesMax))
    const bytes = encodeRunRequest(request)
    await frames.write(bytes, { signal })
    tally.sent(bytes.byteLength)
    const reply = (await frames.read({ signal })).subarray()
    tally.received(reply.byteLength)
    const decoded = decodeRunReply(reply)
    stream.close({ signal }).catch(() => stream?.abort(new Error('the other side does not close')))
    return decoded
  } catch (error) {
    const reason = reasonOrError(signal, error)
    stream?.abort(new Error('the exchange failed'))
    if (reason instanceof Error && reason.name === 'UnsupportedProtocolError') {
      throw new NetworkError(
        'REFUSED',
        `${peerId} does not speak ${RUN_PROTOCOL}: it is no Murmuration peer`,
        { peerId },
      )
    }
    throw asExchangeError(reason, peerId)
  } finally {
    clear()
  }
}

/**
 * Answers one request. Whatever goes wrong ends this stream only.
 * @param answer may close the connection in `afterReply`, which runs once the reply has been handed over.
 */
export const serveRun = ({
  limits,
  tally,
  answer,
  onFault,
}: RunProtocolDeps & {
  readonly answer: (
    request: RunRequest,
    connection: Connection,
  ) => Promise<{ readonly reply: RunReply; readonly afterReply?: () => void }>
  readonly onFault: (peerId: string, code: string, message: string) => void
}): StreamHandler => {
  return async (stream, connection) => {
    const peerId = connection.remotePeer.toString()
    // A hello and an answer: waiting for the admission of this connection may take one hello more.
    const { signal, clear } = createDeadline({
      what: `answering ${peerId}`,
      timeoutMs: 2 * limits.helloTimeoutMs,
    })
    try {
      const frames = lpStream(stream, framesUpTo(limits.gossipBytesMax))
      const bytes = (await frames.read({ signal })).subarray()
      tally.received(bytes.byteLength)
      const { reply, afterReply } = await within(answer(decodeRunRequest(bytes), connection), signal)
      const encoded = encodeRunReply(reply)
      await frames.write(encoded, { signal })
      tally.sent(encoded.byteLength)
      await stream.close({ signal })
      if (afterReply) {
        await whenRead(stream, signal)
        afterReply()
      }
    } catch (error) {
      const reason = reasonOrError(signal, error)
      const code = faultOf(reason)
      if (code !== null) onFault(peerId, code, asExchangeError(reason, peerId).message)
      stream.abort(new Error('the request was not answered'))
    } finally {
      clear()
    }
  }
}

const framesUpTo = (bytes: number) => ({ maxDataLength: bytes, maxBufferSize: 2 * bytes })

/** A reply that is followed at once by the end of its connection is lost: the other side closes its end once it has it. */
const whenRead = (stream: Stream, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stream.status !== 'open') resolve()
    stream.addEventListener('close', () => resolve())
    signal.addEventListener('abort', () => resolve())
  })
