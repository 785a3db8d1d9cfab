import { limits } from '../limits.js'
import {
  borrowed,
  bytesUpTo,
  decodeFrame,
  digestFromBytes,
  digestToBytes,
  encodeFrame,
  integer,
  malformed,
} from './checks.js'
import { DIGEST_BYTES } from './digest-tree.js'
import { ShardReplyFrame, ShardRequestFrame } from './messages.js'
import type * as frames from './messages.js'
import { sumFromFrame, sumRequestFromFrame, sumRequestToFrame, sumToFrame } from './running-sum-codec.js'
import { CHUNKS_MAX, chunkIndex, refusedFromFrame } from './snapshot-codec.js'
import type { ShardReply, ShardRequest } from './types.js'

/** Bytes of one float64. */
const FLOAT64_BYTES = 8
const SEED_MAX = 2 ** 32 - 1
/** Bytes of a summary: a number per tensor, and half of what a control frame holds. */
const SUMMARY_BYTES_MAX = Math.min(limits.tensorsMax * FLOAT64_BYTES, limits.controlFrameBytesMax / 2)

/** @throws WireError when a field is out of its bounds. */
export const encodeShardRequest = (request: ShardRequest): Uint8Array =>
  encodeFrame(ShardRequestFrame.encode(requestToFrame(request)), decodeShardRequest)

/** @throws WireError and nothing else. */
export const decodeShardRequest = (bytes: Uint8Array): ShardRequest =>
  decodeFrame(bytes, {
    max: limits.requestFrameBytesMax,
    decode: (b) =>
      ShardRequestFrame.decode(b, {
        limits: {
          piece: { indexes: limits.mergeChunksPerRequestMax },
          average: { indexes: limits.mergeChunksPerRequestMax },
        },
      }),
    check: ({ leaves, piece, average, sketch, testimony, sum }): ShardRequest => {
      if (leaves) return { type: 'leaves', digest: digestFromBytes('digest', leaves.digest) }
      if (piece) {
        const { digest, indexes } = piece
        return { type: 'piece', digest: digestFromBytes('digest', digest), indexes: rising(indexes) }
      }
      if (average) {
        const { roster, indexes } = average
        return { type: 'average', roster: digestFromBytes('roster', roster), indexes: rising(indexes) }
      }
      if (testimony) {
        const seed = integer('seed', testimony.seed, { max: SEED_MAX })
        return { type: 'testimony', roster: digestFromBytes('roster', testimony.roster), seed }
      }
      if (sketch) {
        const seed = integer('seed', sketch.seed, { max: SEED_MAX })
        return { type: 'sketch', digest: digestFromBytes('digest', sketch.digest), seed }
      }
      if (sum) return sumRequestFromFrame(sum)
      throw malformed('no merge request of a known kind')
    },
  })

/**
 * A reply as bytes; its chunk reply is laid out as that of a snapshot, so `encodeChunkHeader` serves here too.
 * @throws WireError when a field is out of its bounds.
 */
export const encodeShardReply = (reply: ShardReply): Uint8Array =>
  encodeFrame(ShardReplyFrame.encode(replyToFrame(reply)), decodeShardReply)

/**
 * Byte fields of the result are views of `bytes`.
 * @throws WireError and nothing else.
 */
export const decodeShardReply = (bytes: Uint8Array): ShardReply =>
  decodeFrame(bytes, {
    max: Math.max(limits.chunkFrameBytesMax, limits.controlFrameBytesMax),
    decode: (b) => ShardReplyFrame.decode(b),
    check: replyFromFrame,
  })

/** At least one, none twice. */
const rising = (indexes: readonly number[]): readonly number[] => {
  if (indexes.length === 0) throw malformed('a request for no chunks')
  if (indexes.some((index, i) => i > 0 && index <= indexes[i - 1]!))
    throw malformed('chunks that do not rise')
  return indexes.map(chunkIndex)
}

const requestToFrame = (request: ShardRequest): Partial<frames.ShardRequestFrame> => {
  switch (request.type) {
    case 'leaves':
      return { leaves: { digest: digestToBytes('digest', request.digest) } }
    case 'piece':
      return { piece: { digest: digestToBytes('digest', request.digest), indexes: [...request.indexes] } }
    case 'average':
      return {
        average: { roster: digestToBytes('roster', request.roster), indexes: [...request.indexes] },
      }
    case 'testimony':
      return {
        testimony: {
          roster: digestToBytes('roster', request.roster),
          seed: integer('seed', request.seed, { max: SEED_MAX }),
        },
      }
    case 'sketch':
      return {
        sketch: {
          digest: digestToBytes('digest', request.digest),
          seed: integer('seed', request.seed, { max: SEED_MAX }),
        },
      }
    case 'sum':
      return { sum: sumRequestToFrame(request) }
  }
}

const replyToFrame = (reply: ShardReply): Partial<frames.ShardReplyFrame> => {
  switch (reply.type) {
    case 'leaves':
      return { leaves: { leaves: borrowed(reply.leaves), summary: borrowed(reply.summary) } }
    case 'chunk':
      return { chunk: { index: chunkIndex(reply.index), data: borrowed(reply.data) } }
    case 'sketch':
      return { sketch: { values: borrowed(reply.values) } }
    case 'sum':
      return { sum: sumToFrame(reply) }
    case 'none':
      return { none: {} }
    case 'refused':
      return { refused: { code: reply.code, message: reply.message } }
  }
}

const replyFromFrame = ({
  leaves,
  chunk,
  sketch,
  sum,
  none,
  refused,
}: frames.ShardReplyFrame): ShardReply => {
  if (leaves) {
    if (leaves.leaves.byteLength % DIGEST_BYTES !== 0) throw malformed('leaves are not 32 bytes each')
    return {
      type: 'leaves',
      leaves: bytesUpTo('leaves', leaves.leaves, CHUNKS_MAX * DIGEST_BYTES),
      summary: bytesUpTo('summary', leaves.summary, SUMMARY_BYTES_MAX),
    }
  }
  if (chunk) {
    if (chunk.data.byteLength === 0) throw malformed('an empty chunk')
    return {
      type: 'chunk',
      index: chunkIndex(chunk.index),
      data: bytesUpTo('chunk', chunk.data, limits.chunkBytes),
    }
  }
  if (sketch) {
    if (sketch.values.byteLength % FLOAT64_BYTES !== 0) throw malformed('a sketch is not of whole numbers')
    return {
      type: 'sketch',
      values: bytesUpTo('sketch', sketch.values, CHUNKS_MAX * FLOAT64_BYTES),
    }
  }
  if (sum) return sumFromFrame(sum)
  if (none) return { type: 'none' }
  if (refused) return refusedFromFrame(refused)
  throw malformed('no merge reply of a known kind')
}
