import { decode } from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { Stream, StreamHandler } from '@libp2p/interface'
import type { Limits } from '../../protocols/limits.js'
import {
  chunkCount,
  chunkRange,
  decodeSnapshotRequest,
  encodeChunkHeader,
  encodeSnapshotReply,
} from '../../protocols/wire/index.js'
import type { SnapshotReply, SnapshotRequest } from '../../protocols/wire/index.js'
import type { Admission } from './admission.js'
import type { NetworkHandlers } from './contract.js'
import { createDeadline } from './deadline.js'
import { asExchangeError, faultOf, NetworkError } from './errors.js'
import { bytesOf, frameOf, sendFrame } from './streams.js'
import type { Tally } from './tally.js'

/** Requests and replies in turn, on one stream that lasts as long as the connection. */
export const SNAPSHOT_PROTOCOL = '/murmuration/snapshot/1.0.0'

export interface SnapshotServerDeps {
  readonly snapshot: NetworkHandlers['snapshot']
  readonly admission: Admission
  readonly limits: Limits
  readonly tally: Tally
  readonly onFault: (peerId: string, code: string, message: string) => void
}

type Frame = readonly Uint8Array[]

/**
 * Serves snapshots chunk by chunk, as fast as the asker reads. A fault ends the asker's stream and nothing else: the
 * next request on a fresh stream is served again.
 */
export const serveSnapshots = (deps: SnapshotServerDeps): StreamHandler => {
  const { admission, limits, tally, onFault } = deps
  // Enough for every request that an honest asker has under way, and no more: a flood ends the stream.
  const maxBufferSize = 2 * limits.chunkWindow * limits.requestFrameBytesMax
  return async (stream, connection) => {
    stream.maxReadBufferLength = maxBufferSize
    const { standing, peerId } = await admission.settled(connection)
    try {
      if (standing !== 'member')
        throw new NetworkError('NOT_ADMITTED', `${peerId} asked for weights as a ${standing}`)
      await pipe(
        bytesOf(stream, { maxBufferSize, tally }),
        (source) => decode(source, { maxDataLength: limits.requestFrameBytesMax }),
        async function* (frames) {
          for await (const frame of frames)
            yield replyTo(decodeSnapshotRequest(frame.subarray()), peerId, deps)
        },
        (replies) => sendAll(stream, replies, deps, peerId),
      )
      await stream.close()
    } catch (error) {
      const code = faultOf(error)
      if (code !== null) onFault(peerId, code, asExchangeError(error, peerId).message)
      stream.abort(new Error('the snapshot stream was ended'))
    }
  }
}

const sendAll = async (
  stream: Stream,
  replies: AsyncIterable<Frame>,
  { limits, tally }: SnapshotServerDeps,
  peerId: string,
): Promise<void> => {
  for await (const reply of replies) {
    // An asker that does not read would hold the snapshot in memory for ever.
    const { signal, clear } = createDeadline({
      what: `sending a reply to ${peerId}`,
      timeoutMs: limits.exchangeTimeoutMs,
    })
    try {
      await sendFrame(stream, reply, { signal, tally })
    } finally {
      clear()
    }
  }
}

const replyTo = (request: SnapshotRequest, from: string, { snapshot, limits }: SnapshotServerDeps): Frame => {
  const served = snapshot(request, from)
  if (served === null) return plain({ type: 'none' })
  const { head, layout, bytes, leaves } = served
  if (request.type === 'newest' && head.version <= request.newerThan) return plain({ type: 'none' })
  if (request.type !== 'newest' && head.digest !== request.digest) return plain({ type: 'none' })
  if (request.type !== 'chunk')
    return plain({ type: 'manifest', head, layout, bytes: bytes.byteLength, leaves })

  const { index } = request
  const count = chunkCount(bytes.byteLength, limits.chunkBytes)
  if (index >= count) {
    return plain({ type: 'refused', code: 'OUT_OF_RANGE', message: `there is no chunk ${index} of ${count}` })
  }
  const { start, end } = chunkRange(index, { byteLength: bytes.byteLength, chunkBytes: limits.chunkBytes })
  return frameOf(encodeChunkHeader(index, end - start), bytes.subarray(start, end))
}

const plain = (reply: SnapshotReply): Frame => frameOf(encodeSnapshotReply(reply))
