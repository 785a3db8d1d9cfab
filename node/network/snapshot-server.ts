import type { StreamHandler } from '@libp2p/interface'
import { PLAIN_CODEC } from '../../protocols/codecs/index.js'
import {
  chunkCount,
  chunkRange,
  decodeSnapshotRequest,
  encodeChunkHeader,
  encodeSnapshotReply,
} from '../../protocols/wire/index.js'
import type { SnapshotReply, SnapshotRequest } from '../../protocols/wire/index.js'
import type { NetworkHandlers } from './contract.js'
import { serveFrames, type FrameServerDeps, type Reply } from './frame-server.js'
import type { ServedEncoding, ServedSnapshot } from './snapshot-contract.js'
import { frameOf } from './streams.js'
import type { Tally } from './tally.js'

/** Requests and replies in turn, on one stream that lasts as long as the connection. */
export const SNAPSHOT_PROTOCOL = '/murmuration/snapshot/1.0.0'

export interface SnapshotServerDeps extends FrameServerDeps {
  readonly snapshot: NetworkHandlers['snapshot']
}

/** Serves snapshots chunk by chunk, as fast as the asker reads. */
export const serveSnapshots =
  (deps: SnapshotServerDeps): StreamHandler =>
  (stream, connection) => {
    // Exact ones are of a merge. Chunks follow on the stream on which they were described.
    let isNewest = false
    const serve = serveFrames(deps, (frame, peerId) => {
      const request = decodeSnapshotRequest(frame)
      if (request.type !== 'chunk') isNewest = request.type === 'newest'
      return replyTo(request, peerId, { ...deps, isCounted: isNewest })
    })
    return serve(stream, connection)
  }

const replyTo = async (
  request: SnapshotRequest,
  from: string,
  { snapshot, limits, tally, isCounted }: SnapshotServerDeps & { readonly isCounted: boolean },
): Promise<readonly Reply[]> => {
  const served = await snapshot(request, from)
  if (served === null) return [plain({ type: 'none' })]
  const { head, bytes } = served
  const digest = 'codec' in served ? served.digest : head.digest
  if (request.type === 'newest' && head.version <= request.newerThan) return [plain({ type: 'none' })]
  if (request.type !== 'newest' && digest !== request.digest) return [plain({ type: 'none' })]

  const count = chunkCount(bytes.byteLength, limits.chunkBytes)
  const chunk = (index: number): Required<Reply> => {
    const { start, end } = chunkRange(index, { byteLength: bytes.byteLength, chunkBytes: limits.chunkBytes })
    const encoded = end - start
    return {
      frame: frameOf(encodeChunkHeader(index, encoded), bytes.subarray(start, end)),
      onPut() {
        if (isCounted) countSent(served, encoded, tally)
      },
    }
  }
  if (request.type !== 'chunk') {
    const following = Math.min(request.ahead ?? 0, count)
    const manifest = plain(manifestOf(served, following))
    if (following === 0) return [manifest]
    const [first, ...rest] = Array.from({ length: following }, (_, index) => chunk(index))
    return [{ ...first!, frame: [...manifest.frame, ...first!.frame] }, ...rest]
  }
  if (request.index < count) return [chunk(request.index)]
  const message = `there is no chunk ${request.index} of ${count}`
  return [plain({ type: 'refused', code: 'OUT_OF_RANGE', message })]
}

/** Counts so many bytes of it as sent. */
const countSent = (served: ServedSnapshot | ServedEncoding, encoded: number, tally: Tally): void => {
  const isEncoded = 'codec' in served
  const plain = isEncoded ? (served.plainBytes / served.bytes.byteLength) * encoded : encoded
  tally.weights('sent', isEncoded ? served.codec.name : PLAIN_CODEC, { encoded, plain })
}

const manifestOf = (served: ServedSnapshot | ServedEncoding, following: number): SnapshotReply => {
  const { head, layout, leaves, bytes } = served
  const common = { head, layout, leaves, bytes: bytes.byteLength, following }
  if (!('codec' in served)) return { type: 'manifest', ...common }
  const { codec, waitedMs } = served
  return { type: 'encoded', ...common, codec: codec.name, version: codec.version, waitedMs }
}

const plain = (reply: SnapshotReply): Reply => ({ frame: frameOf(encodeSnapshotReply(reply)) })
