import type { Stream, StreamHandler } from '@libp2p/interface'
import type { Limits } from '../../protocols/limits.js'
import type { Admission } from './admission.js'
import { createDeadline } from './deadline.js'
import { asExchangeError, faultOf, NetworkError } from './errors.js'
import { createFrameReader } from './frame-reader.js'
import { putFrame, whenWritable } from './streams.js'
import type { Tally } from './tally.js'

export interface FrameServerDeps {
  readonly admission: Admission
  readonly limits: Limits
  readonly tally: Tally
  readonly onFault: (peerId: string, code: string, message: string) => void
  /** Bytes of one request. @default limits.requestFrameBytesMax */
  readonly requestBytesMax?: number
}

/** Bytes to write at once, in pieces: what is large is not copied. A frame, or several that go together. */
export type Frame = readonly Uint8Array[]

export interface Reply {
  readonly frame: Frame
  /** Called once the frame was handed to the stream: the asker may be gone before its turn comes. */
  readonly onPut?: () => void
}

/**
 * Answers requests of members one after the other, on a stream that lasts. A fault ends the asker's stream and nothing
 * else: the next request on a fresh stream is served again.
 * @param answer gives what is written one after the other, as the asker reads. Throws WireError for a request that does
 *   not decode.
 */
export const serveFrames = (
  { admission, limits, tally, onFault, requestBytesMax = limits.requestFrameBytesMax }: FrameServerDeps,
  answer: (request: Uint8Array, peerId: string) => readonly Reply[] | Promise<readonly Reply[]>,
): StreamHandler => {
  // Enough for every request that an honest asker has under way, and no more: a flood ends the stream.
  const maxBufferSize = 2 * limits.chunkWindow * requestBytesMax
  return async (stream, connection) => {
    stream.maxReadBufferLength = maxBufferSize
    const { standing, peerId } = await admission.settled(connection)
    try {
      if (standing !== 'member')
        throw new NetworkError('NOT_ADMITTED', `${peerId} asked for weights as a ${standing}`)
      const frames = createFrameReader(stream, {
        frameBytesMax: requestBytesMax,
        bufferBytesMax: maxBufferSize,
        onBytes: (bytes) => tally.received(bytes),
      })
      for (let frame = await frames.next(); frame !== null; frame = await frames.next()) {
        for (const reply of await answer(frame, peerId)) {
          putFrame(stream, reply.frame, tally)
          reply.onPut?.()
          if (stream.writableNeedsDrain) await untilTaken(stream, { limits, peerId })
        }
      }
      await stream.close()
    } catch (error) {
      const code = faultOf(error)
      if (code !== null) onFault(peerId, code, asExchangeError(error, peerId).message)
      stream.abort(new Error('the stream was ended'))
    }
  }
}

/** An asker that does not read would hold the reply in memory for ever. */
const untilTaken = async (
  stream: Stream,
  { limits, peerId }: { readonly limits: Limits; readonly peerId: string },
): Promise<void> => {
  const { signal, clear } = createDeadline({
    what: `sending a reply to ${peerId}`,
    timeoutMs: limits.exchangeTimeoutMs,
  })
  try {
    await whenWritable(stream, signal)
  } finally {
    clear()
  }
}
