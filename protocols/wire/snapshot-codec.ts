import { limits } from '../limits.js'
import {
  borrowed,
  bytesUpTo,
  decodeFrame,
  digestFromBytes,
  digestToBytes,
  encodeFrame,
  fieldLimits,
  identifier,
  integer,
  malformed,
  text,
} from './checks.js'
import {
  CHUNKS_MAX,
  encodedFromFrame,
  encodedToFrame,
  exactFromFrame,
  exactToFrame,
  manifestFromFrame,
  manifestToFrame,
  newestFromFrame,
  newestToFrame,
} from './manifest-codec.js'
import { SnapshotReplyFrame, SnapshotRequestFrame } from './messages.js'
import type * as frames from './messages.js'
import type { SnapshotReply, SnapshotRequest } from './types.js'

export { CHUNKS_MAX, SNAPSHOT_BYTES_MAX } from './manifest-codec.js'

/** @throws WireError when a field is out of its bounds. */
export const encodeSnapshotRequest = (request: SnapshotRequest): Uint8Array =>
  encodeFrame(SnapshotRequestFrame.encode(requestToFrame(request)), decodeSnapshotRequest)

/** @throws WireError and nothing else. */
export const decodeSnapshotRequest = (bytes: Uint8Array): SnapshotRequest =>
  decodeFrame(bytes, {
    max: limits.requestFrameBytesMax,
    decode: (b) => SnapshotRequestFrame.decode(b),
    check: ({ newest, exact, chunk }): SnapshotRequest => {
      if (newest) return newestFromFrame(newest)
      if (exact) return exactFromFrame(exact)
      if (chunk) {
        return {
          type: 'chunk',
          digest: digestFromBytes('digest', chunk.digest),
          index: chunkIndex(chunk.index),
        }
      }
      throw malformed('no snapshot request of a known kind')
    },
  })

/**
 * A reply as bytes. A chunk is copied here; a sender of many chunks puts `encodeChunkHeader` before them instead.
 * @throws WireError when a field is out of its bounds.
 */
export const encodeSnapshotReply = (reply: SnapshotReply): Uint8Array =>
  encodeFrame(SnapshotReplyFrame.encode(replyToFrame(reply)), decodeSnapshotReply)

/**
 * Byte fields of the result (`leaves`, `data`) are views of `bytes`.
 * @throws WireError and nothing else.
 */
export const decodeSnapshotReply = (bytes: Uint8Array): SnapshotReply =>
  decodeFrame(bytes, {
    max: Math.max(limits.chunkFrameBytesMax, limits.controlFrameBytesMax),
    decode: (b) => SnapshotReplyFrame.decode(b),
    check: replyFromFrame,
  })

const requestToFrame = (request: SnapshotRequest): Partial<frames.SnapshotRequestFrame> => {
  switch (request.type) {
    case 'newest':
      return { newest: newestToFrame(request) }
    case 'exact':
      return { exact: exactToFrame(request) }
    case 'chunk':
      return { chunk: { digest: digestToBytes('digest', request.digest), index: chunkIndex(request.index) } }
  }
}

const replyToFrame = (reply: SnapshotReply): Partial<frames.SnapshotReplyFrame> => {
  switch (reply.type) {
    case 'manifest':
      return { manifest: manifestToFrame(reply) }
    case 'encoded':
      return { encoded: encodedToFrame(reply) }
    case 'chunk':
      return { chunk: { index: chunkIndex(reply.index), data: borrowed(reply.data) } }
    case 'none':
      return { none: {} }
    case 'refused':
      return { refused: { code: reply.code, message: reply.message } }
  }
}

const replyFromFrame = (frame: frames.SnapshotReplyFrame): SnapshotReply => {
  const { manifest, encoded, chunk, none, refused } = frame
  if (manifest) return manifestFromFrame(manifest)
  if (encoded) return encodedFromFrame(encoded)
  if (chunk) {
    if (chunk.data.byteLength === 0) throw malformed('an empty chunk')
    return {
      type: 'chunk',
      index: chunkIndex(chunk.index),
      data: bytesUpTo('chunk', chunk.data, limits.chunkBytes),
    }
  }
  if (none) return { type: 'none' }
  if (refused) return refusedFromFrame(refused)
  throw malformed('no snapshot reply of a known kind')
}

/** A refusal: the code is for programs, the message for people. */
export const refusedFromFrame = ({ code, message }: frames.Refused) =>
  ({
    type: 'refused',
    code: identifier('code', code, fieldLimits.codeCharactersMax),
    message: text('message', message, fieldLimits.messageCharactersMax),
  }) as const

/** Of a snapshot or of a merge. */
export const chunkIndex = (value: number): number => integer('chunk index', value, { max: CHUNKS_MAX - 1 })
