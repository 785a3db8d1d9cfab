import { borrowed, bytesUpTo, digestFromBytes, digestToBytes, finite, integer, malformed } from './checks.js'
import { DIGEST_BYTES } from './digest-tree.js'
import type * as frames from './messages.js'
import { mergeId, session } from './push-sum-codec.js'
import { CHUNKS_MAX, SNAPSHOT_BYTES_MAX } from './snapshot-codec.js'
import type { ShardReply, ShardRequest } from './types.js'

type SumRequest = Extract<ShardRequest, { readonly type: 'sum' }>
type Sum = Extract<ShardReply, { readonly type: 'sum' }>

/** @throws WireError as do all of these. */
export const sumRequestToFrame = (request: SumRequest): frames.SumRequest => ({
  mergeId: mergeId(request.mergeId),
  newerThan: integer('newerThan', request.newerThan),
})

export const sumRequestFromFrame = (frame: frames.SumRequest): SumRequest => ({
  type: 'sum',
  mergeId: mergeId(frame.mergeId),
  newerThan: integer('newerThan', frame.newerThan),
})

export const sumToFrame = ({ label, layout, bytes, leaves }: Sum): frames.RunningSum => ({
  ...label,
  layout: digestToBytes('layout', layout),
  bytes: integer('bytes', bytes),
  leaves: borrowed(leaves),
})

export const sumFromFrame = (frame: frames.RunningSum): Sum => {
  if (frame.leaves.byteLength % DIGEST_BYTES !== 0) throw malformed('leaves are not 32 bytes each')
  return {
    type: 'sum',
    label: {
      session: session(frame.session),
      segment: integer('segment', frame.segment, { min: 1 }),
      after: integer('after', frame.after),
      version: integer('version', frame.version, { min: 1 }),
      weight: finite('weight', frame.weight, { min: 0 }),
      epoch: integer('epoch', frame.epoch),
    },
    layout: digestFromBytes('layout', frame.layout),
    bytes: integer('bytes', frame.bytes, { min: 1, max: SNAPSHOT_BYTES_MAX }),
    leaves: bytesUpTo('leaves', frame.leaves, CHUNKS_MAX * DIGEST_BYTES),
  }
}
