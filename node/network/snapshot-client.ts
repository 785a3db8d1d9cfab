import { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import type { Layout } from '../../protocols/model/index.js'
import {
  chunkCount,
  decodeSnapshotReply,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  encodeSnapshotRequest,
  FLOAT32_BYTES,
  float32Writer,
} from '../../protocols/wire/index.js'
import type { SnapshotReply, SnapshotRequest } from '../../protocols/wire/index.js'
import type { PulledSnapshot, PullOptions } from './contract.js'
import { NetworkError } from './errors.js'
import { createExchanges, type ExchangesDeps } from './exchanges.js'
import type { NeighbourStream } from './neighbour-streams.js'
import { sha256 } from './sha256.js'
import { SNAPSHOT_PROTOCOL } from './snapshot-server.js'
import { drain, readChunks } from './verified-chunks.js'

export interface SnapshotClient {
  pull(options: PullOptions): Promise<PulledSnapshot | null>
  stop(): void
}

type Manifest = Extract<SnapshotReply, { readonly type: 'manifest' }>

/** Pulls snapshots from neighbours: the receiver asks for each chunk, so a fast sender cannot flood a slow reader. */
export const createSnapshotClient = (deps: ExchangesDeps): SnapshotClient => {
  const { limits } = deps
  const exchanges = createExchanges({ ...deps, protocol: SNAPSHOT_PROTOCOL, encode: encodeSnapshotRequest })
  return {
    pull: async (options) => {
      const { into, layout } = options
      if (into && into.length !== layout.length)
        throw new RangeError(`memory for ${into.length} weights where the layout has ${layout.length}`)
      return exchanges.run(
        { from: options.from, what: 'pulling a snapshot', signal: options.signal },
        (stream, signal) => pullOn(stream, options, { limits, signal }),
      )
    },
    stop: () => exchanges.stop(),
  }
}

const pullOn = async (
  stream: NeighbourStream<SnapshotRequest>,
  { request, layout, from, into }: PullOptions,
  { limits, signal }: { readonly limits: Limits; readonly signal: AbortSignal },
): Promise<PulledSnapshot | null> => {
  await stream.send(request, signal)
  const reply = decodeSnapshotReply(await stream.read(signal))
  if (reply.type === 'none') return null
  const manifest = expect(reply, 'manifest', from)
  checkManifest(manifest, { request, layout, limits })

  const { head, bytes } = manifest
  // The frame that the leaves are a view of is released; the caller owns its copy.
  const leaves = manifest.leaves.slice()
  const weights = into ?? new Float32Array(new SharedArrayBuffer(bytes))
  await readChunks(float32Writer(weights), {
    ...{ leaves, limits },
    request: (index) => stream.send({ type: 'chunk', digest: head.digest, index }, signal),
    async read(sink) {
      const frame = await stream.readChunk(sink, signal)
      if (frame === null) return
      const reply = decodeSnapshotReply(frame)
      if (reply.type === 'none') {
        const message = `${from} replaced version ${head.version} while it was pulled; nothing was changed. Pull the newest.`
        throw new NetworkError('SNAPSHOT_GONE', message, { from, version: head.version })
      }
      drain(expect(reply, 'chunk', from), sink)
    },
  })
  return { head, weights, leaves, bytes: encodeFloat32(weights) }
}

/** Everything that can be known before memory is set aside for the weights. */
const checkManifest = (
  { head, layout: fingerprint, bytes, leaves }: Manifest,
  {
    request,
    layout,
    limits,
  }: { readonly request: PullOptions['request']; readonly layout: Layout; readonly limits: Limits },
): void => {
  if (fingerprint !== layout.fingerprint) {
    throw new WireError('FOREIGN_LAYOUT', 'the snapshot is of a model of another shape; it is refused', {
      theirs: fingerprint,
      ours: layout.fingerprint,
    })
  }
  const expected = layout.length * FLOAT32_BYTES
  if (bytes !== expected) {
    throw new WireError(
      'OUT_OF_RANGE',
      `a snapshot of ${bytes} bytes where the model has ${expected}; it is refused`,
      {
        bytes,
        expected,
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
  const wanted = request.type === 'exact' ? request.digest : head.digest
  if (head.digest !== wanted || digestOfLeaves(leaves, sha256) !== wanted) {
    throw new WireError(
      'DIGEST_MISMATCH',
      'the leaves of the snapshot do not hash to its digest; it is refused',
      { wanted },
    )
  }
  if (request.type === 'newest' && head.version <= request.newerThan) {
    throw new WireError(
      'OUT_OF_RANGE',
      `version ${head.version} is not newer than ${request.newerThan}; it is refused`,
    )
  }
}

const expect = <Type extends 'manifest' | 'chunk'>(
  reply: SnapshotReply,
  type: Type,
  from: string,
): Extract<SnapshotReply, { readonly type: Type }> => {
  if (reply.type === 'refused') {
    throw new NetworkError('REFUSED', `${from} refused a snapshot: ${reply.message} (${reply.code})`, {
      from,
      code: reply.code,
    })
  }
  if (reply.type !== type) throw new WireError('MALFORMED', `${from} sent ${reply.type} in place of ${type}`)
  return reply as Extract<SnapshotReply, { readonly type: Type }>
}
