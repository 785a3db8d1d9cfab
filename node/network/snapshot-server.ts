import type { StreamHandler } from '@libp2p/interface'
import {
  chunkCount,
  chunkRange,
  decodeSnapshotRequest,
  encodeChunkHeader,
  encodeSnapshotReply,
} from '../../protocols/wire/index.js'
import type { SnapshotReply, SnapshotRequest } from '../../protocols/wire/index.js'
import type { NetworkHandlers } from './contract.js'
import { serveFrames, type Frame, type FrameServerDeps } from './frame-server.js'
import { frameOf } from './streams.js'

/** Requests and replies in turn, on one stream that lasts as long as the connection. */
export const SNAPSHOT_PROTOCOL = '/murmuration/snapshot/1.0.0'

export interface SnapshotServerDeps extends FrameServerDeps {
  readonly snapshot: NetworkHandlers['snapshot']
}

/** Serves snapshots chunk by chunk, as fast as the asker reads. */
export const serveSnapshots = (deps: SnapshotServerDeps): StreamHandler =>
  serveFrames(deps, (frame, peerId) => replyTo(decodeSnapshotRequest(frame), peerId, deps))

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
