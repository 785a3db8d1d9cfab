import { limits } from '../limits.js'
import {
  borrowed,
  bytesUpTo,
  digestFromBytes,
  digestToBytes,
  identifier,
  integer,
  malformed,
  optionalNumber,
} from './checks.js'
import { DIGEST_BYTES } from './digest-tree.js'
import { FLOAT32_BYTES } from './float32.js'
import { headFromFrame, headToFrame } from './gossip-codec.js'
import type * as frames from './messages.js'
import type { CodecOffer, SnapshotReply, SnapshotRequest } from './types.js'

/** Bytes of the largest snapshot that can be described. */
export const SNAPSHOT_BYTES_MAX = limits.parametersMax * FLOAT32_BYTES

/** Chunks of the largest snapshot at the smallest sensible chunk: what a control frame of leaves can hold. */
export const CHUNKS_MAX = limits.controlFrameBytesMax / DIGEST_BYTES

/** Bytes that an encoding may have beyond the weights in float32: an entropy stage says whether it was of use. */
const ENCODING_EXTRA_BYTES = 64

type Newest = Extract<SnapshotRequest, { readonly type: 'newest' }>
type Exact = Extract<SnapshotRequest, { readonly type: 'exact' }>
type Manifest = Extract<SnapshotReply, { readonly type: 'manifest' }>
type Encoded = Extract<SnapshotReply, { readonly type: 'encoded' }>

export const newestToFrame = ({ newerThan, accepts = [], ahead = 0 }: Newest): frames.NewestRequest => ({
  newerThan: integer('newerThan', newerThan, { min: -1 }),
  accepts: accepts.map(offerOf),
  ahead: chunksOf('ahead', ahead),
})

export const newestFromFrame = ({ newerThan, accepts, ahead }: frames.NewestRequest): Newest => ({
  type: 'newest',
  newerThan: integer('newerThan', newerThan, { min: -1 }),
  ...(accepts.length === 0 ? {} : { accepts: offersOf(accepts) }),
  ...aheadFromFrame(ahead),
})

export const exactToFrame = ({ digest, ahead = 0 }: Exact): frames.ExactRequest => ({
  digest: digestToBytes('digest', digest),
  ahead: chunksOf('ahead', ahead),
})

export const exactFromFrame = ({ digest, ahead }: frames.ExactRequest): Exact => ({
  type: 'exact',
  digest: digestFromBytes('digest', digest),
  ...aheadFromFrame(ahead),
})

const aheadFromFrame = (ahead: number) => (ahead === 0 ? {} : { ahead: chunksOf('ahead', ahead) })

/** Chunks that come unasked: never more than may be under way. */
const chunksOf = (name: string, count: number): number => integer(name, count, { max: limits.chunkWindow })

const offersOf = (accepts: readonly CodecOffer[]): readonly CodecOffer[] => {
  integer('codecs offered', accepts.length, { max: limits.codecOffersMax })
  return accepts.map(offerOf)
}

const offerOf = ({ name, version, held }: CodecOffer): CodecOffer => ({
  ...codecOf({ codec: name, version }),
  ...(held === undefined ? {} : { held: integer('held version', held) }),
})

const codecOf = ({ codec, version }: { readonly codec: string; readonly version: number }) => ({
  name: identifier('codec', codec, limits.codecNameMax),
  version: integer('codec version', version, { min: 1, max: 0xffff_ffff }),
})

export const manifestToFrame = ({
  head,
  layout,
  bytes,
  leaves,
  following = 0,
}: Manifest): frames.Manifest => ({
  head: headToFrame(head),
  layout: digestToBytes('layout', layout),
  bytes: integer('bytes', bytes),
  leaves: borrowed(leaves),
  following: chunksOf('following', following),
})

export const manifestFromFrame = (frame: frames.Manifest): Manifest => ({
  type: 'manifest',
  bytes: integer('bytes', frame.bytes, { min: 1, max: SNAPSHOT_BYTES_MAX }),
  ...announced(frame),
})

export const encodedToFrame = ({ codec, version, waitedMs, ...rest }: Encoded): frames.EncodedManifest => ({
  ...manifestToFrame({ ...rest, type: 'manifest' }),
  codec,
  version,
  waitedMs,
})

export const encodedFromFrame = (frame: frames.EncodedManifest): Encoded => {
  const { name: codec, version } = codecOf(frame)
  const bytes = integer('bytes', frame.bytes, { min: 1, max: SNAPSHOT_BYTES_MAX + ENCODING_EXTRA_BYTES })
  const waitedMs = optionalNumber('waitedMs', frame.waitedMs, { min: 0 })!
  return { type: 'encoded', ...announced(frame), codec, version, bytes, waitedMs }
}

/** What both kinds of manifest say. */
const announced = ({
  head,
  layout,
  leaves,
  following,
}: Pick<frames.Manifest, 'layout' | 'leaves' | 'following'> & {
  readonly head?: frames.Head | undefined
}) => {
  if (!head) throw malformed('a manifest without a head')
  if (leaves.byteLength % DIGEST_BYTES !== 0) throw malformed('leaves are not 32 bytes each')
  bytesUpTo('leaves', leaves, CHUNKS_MAX * DIGEST_BYTES)
  return {
    ...{ head: headFromFrame(head), layout: digestFromBytes('layout', layout), leaves },
    ...(following === 0 ? {} : { following: chunksOf('following', following) }),
  }
}
