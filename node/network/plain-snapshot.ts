import { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import type { FirstNonFinite, Layout } from '../../protocols/model/index.js'
import {
  chunkCount,
  decodeSnapshotReply,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  FLOAT32_BYTES,
  float32Writer,
} from '../../protocols/wire/index.js'
import type { ChunkWriter, SnapshotReply, SnapshotRequest } from '../../protocols/wire/index.js'
import type { PulledSnapshot, PullModelOptions, PullOptions } from './snapshot-contract.js'
import { NetworkError } from './errors.js'
import type { NeighbourStream } from './neighbour-streams.js'
import { sha256 } from './sha256.js'
import { drain, readChunks } from './verified-chunks.js'

export type Manifest = Extract<SnapshotReply, { readonly type: 'manifest' }>
export type EncodedManifest = Extract<SnapshotReply, { readonly type: 'encoded' }>

/** An exchange under way. */
export interface Exchanging {
  readonly stream: NeighbourStream<SnapshotRequest>
  readonly from: string
  readonly limits: Limits
  readonly signal: AbortSignal
  /** Looks through weights that came. @default plain code */
  readonly firstNonFinite?: FirstNonFinite | undefined
  /** So many more bytes of weights came, not verified yet. */
  readonly onBytes?: (bytes: number) => void
}

/** Receives the weights that a manifest announces, as they are. */
export const readPlain = async (
  manifest: Manifest,
  { request, layout, vector }: Pick<PullOptions, 'request' | 'layout'> & Pick<PullModelOptions, 'vector'>,
  exchanging: Exchanging,
): Promise<PulledSnapshot> => {
  const { head } = manifest
  const size = layout.length * FLOAT32_BYTES
  checkAnnounced(manifest, { request, layout, limits: exchanging.limits, least: size, most: size })
  const wanted = request.type === 'exact' ? request.digest : head.digest
  if (head.digest !== wanted || digestOfLeaves(manifest.leaves, sha256) !== wanted) {
    throw new WireError(
      'DIGEST_MISMATCH',
      'the leaves of the snapshot do not hash to its digest; it is refused',
      { wanted },
    )
  }
  // The frame that the leaves are a view of is released; the caller owns its copy.
  const leaves = manifest.leaves.slice()
  const weights = roomFor(layout.length, vector)
  const described = { digest: head.digest, leaves, version: head.version, following: manifest.following }
  const { firstNonFinite } = exchanging
  await readInto(float32Writer(weights, { firstNonFinite }), described, exchanging)
  return { head, weights, leaves, bytes: encodeFloat32(weights) }
}

/** @param vector gives it. @default fresh shared memory */
export const roomFor = (length: number, vector: PullModelOptions['vector']): Float32Array =>
  vector?.(length) ?? new Float32Array(new SharedArrayBuffer(length * FLOAT32_BYTES))

/** Asks for the chunks under a digest, but for those that follow unasked, and verifies each. */
export const readInto = (
  writer: ChunkWriter,
  {
    digest,
    leaves,
    version,
    following = 0,
  }: {
    readonly digest: string
    readonly leaves: Uint8Array
    readonly version: number
    readonly following?: number | undefined
  },
  { stream, from, limits, signal, onBytes }: Exchanging,
): Promise<void> =>
  readChunks(onBytes ? counted(writer, onBytes) : writer, {
    ...{ leaves, limits, following },
    request: (index) => stream.send({ type: 'chunk', digest, index }, signal),
    async read(sink) {
      const frame = await stream.readChunk(sink, signal)
      if (frame === null) return
      const reply = decodeSnapshotReply(frame)
      if (reply.type === 'none') {
        const message = `${from} replaced version ${version} while it was pulled; nothing was changed. Pull the newest.`
        throw new NetworkError('SNAPSHOT_GONE', message, { from, version })
      }
      drain(expectReply(reply, ['chunk'], from), sink)
    },
  })

const counted = (writer: ChunkWriter, onBytes: (bytes: number) => void): ChunkWriter => ({
  bytes: writer.bytes,
  write(piece) {
    writer.write(piece)
    onBytes(piece.byteLength)
  },
  end: () => writer.end(),
})

/** What can be known of either kind of manifest before memory is set aside for the weights. @throws WireError */
export const checkAnnounced = (
  { head, layout: fingerprint, bytes, leaves, following = 0 }: Manifest | EncodedManifest,
  {
    request,
    layout,
    limits,
    least,
    most,
  }: {
    readonly request: PullOptions['request']
    readonly layout: Layout
    readonly limits: Limits
    /** Bytes that there may be. */
    readonly least: number
    readonly most: number
  },
): void => {
  if (fingerprint !== layout.fingerprint) {
    throw new WireError('FOREIGN_LAYOUT', 'the snapshot is of a model of another shape; it is refused', {
      theirs: fingerprint,
      ours: layout.fingerprint,
    })
  }
  if (bytes < least || bytes > most) {
    throw new WireError(
      'OUT_OF_RANGE',
      `a snapshot of ${bytes} bytes where the model has ${most}; it is refused`,
      {
        ...{ bytes, least, most },
      },
    )
  }
  const chunks = chunkCount(bytes, limits.chunkBytes)
  if (leaves.byteLength !== chunks * DIGEST_BYTES) {
    throw new WireError(
      'MALFORMED',
      `${leaves.byteLength / DIGEST_BYTES} leaves for ${chunks} chunks; the snapshot is refused`,
    )
  }
  if (following > Math.min(chunks, limits.chunkWindow)) {
    throw new WireError(
      'MALFORMED',
      `${following} chunks of ${chunks} that were not asked for; the snapshot is refused`,
    )
  }
  if (request.type === 'newest' && head.version <= request.newerThan) {
    throw new WireError(
      'OUT_OF_RANGE',
      `version ${head.version} is not newer than ${request.newerThan}; it is refused`,
    )
  }
}

/** The reply when it is of one of these kinds. @throws NetworkError REFUSED, WireError MALFORMED */
export const expectReply = <Type extends 'manifest' | 'encoded' | 'chunk'>(
  reply: SnapshotReply,
  types: readonly Type[],
  from: string,
): Extract<SnapshotReply, { readonly type: Type }> => {
  if (reply.type === 'refused') {
    throw new NetworkError('REFUSED', `${from} refused a snapshot: ${reply.message} (${reply.code})`, {
      from,
      code: reply.code,
    })
  }
  if (!types.includes(reply.type as Type))
    throw new WireError('MALFORMED', `${from} sent ${reply.type} in place of ${types.join(' or ')}`)
  return reply as Extract<SnapshotReply, { readonly type: Type }>
}
