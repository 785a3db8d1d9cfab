import type { StreamHandler } from '@libp2p/interface'
import { decodeShardRequest, encodeChunkHeader, encodeShardReply } from '../../protocols/wire/index.js'
import type { NetworkHandlers } from './contract.js'
import { serveFrames, type FrameServerDeps } from './frame-server.js'
import { frameOf } from './streams.js'

/** Parts of models in a merge: requests and replies in turn, on one stream that lasts as long as the connection. */
export const SHARD_PROTOCOL = '/murmuration/merge/1.0.0'

/** Serves what the merge holds; a reply that is not there yet may keep the asker waiting. */
export const serveShards = (
  deps: FrameServerDeps & { readonly shard: NetworkHandlers['shard'] },
): StreamHandler =>
  serveFrames(deps, async (frame, peerId) => {
    const reply = await deps.shard(decodeShardRequest(frame), peerId)
    if (reply.type !== 'chunk') return [{ frame: frameOf(encodeShardReply(reply)) }]
    return [{ frame: frameOf(encodeChunkHeader(reply.index, reply.data.byteLength), reply.data) }]
  })
