import { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import {
  chunkCount,
  decodeShardReply,
  DIGEST_BYTES,
  digestOfLeaves,
  FLOAT32_BYTES,
  float32Writer,
  type ShardReply,
  type ShardRequest,
} from '../../protocols/wire/index.js'
import type { PulledSum, PullSumOptions } from './contract.js'
import { NetworkError } from './errors.js'
import type { NeighbourStream } from './neighbour-streams.js'
import { sha256 } from './sha256.js'
import { drain, readChunks } from './verified-chunks.js'

type SumReply = Extract<ShardReply, { readonly type: 'sum' }>

/** One running sum of a push-sum merge: its manifest, then its chunks, each verified. Null when there is nothing newer. */
export const pullSumOn = async (
  stream: NeighbourStream<ShardRequest>,
  { from, mergeId, newerThan, layout }: PullSumOptions,
  { limits, signal }: { readonly limits: Limits; readonly signal: AbortSignal },
): Promise<PulledSum | null> => {
  const expect = <Type extends 'sum' | 'chunk'>(frame: Uint8Array, type: Type) => {
    const reply = decodeShardReply(frame)
    if (reply.type === 'refused') {
      const { code, message } = reply
      throw new NetworkError('REFUSED', `${from} refused a running sum: ${message} (${code})`, { from, code })
    }
    if (reply.type !== type && reply.type !== 'none')
      throw new WireError('MALFORMED', `${from} sent ${reply.type} in place of ${type}`)
    return reply as Extract<ShardReply, { readonly type: Type | 'none' }>
  }

  await stream.send({ type: 'sum', mergeId, newerThan }, signal)
  const manifest = expect(await stream.read(signal), 'sum')
  if (manifest.type === 'none') return null
  checkManifest(manifest, { layout, newerThan, limits })
  // The frame that the leaves are a view of is released.
  const leaves = manifest.leaves.slice()
  const digest = digestOfLeaves(leaves, sha256)
  const sum = new Float32Array(layout.length)
  await readChunks(float32Writer(sum), {
    ...{ leaves, limits },
    request: (index) => stream.send({ type: 'piece', digest, indexes: [index] }, signal),
    async read(sink) {
      const frame = await stream.readChunk(sink, signal)
      if (frame === null) return
      const chunk = expect(frame, 'chunk')
      if (chunk.type !== 'none') return drain(chunk, sink)
      const message = `${from} replaced version ${manifest.label.version} of its running sum while it was pulled; nothing was changed. Pull the newest.`
      throw new NetworkError('SNAPSHOT_GONE', message, { from, version: manifest.label.version })
    },
  })
  return { label: manifest.label, sum }
}

/** Everything that can be known before memory is set aside for the vector. */
const checkManifest = (
  { label, layout: theirs, bytes, leaves }: SumReply,
  { layout, newerThan, limits }: Pick<PullSumOptions, 'layout' | 'newerThan'> & { readonly limits: Limits },
): void => {
  if (theirs !== layout.fingerprint) {
    throw new WireError('FOREIGN_LAYOUT', 'the running sum is of a model of another shape; it is refused', {
      theirs,
      ours: layout.fingerprint,
    })
  }
  const expected = layout.length * FLOAT32_BYTES
  if (bytes !== expected) {
    const message = `a running sum of ${bytes} bytes where the model has ${expected}; it is refused`
    throw new WireError('OUT_OF_RANGE', message, { bytes, expected })
  }
  const chunks = chunkCount(bytes, limits.chunkBytes)
  if (leaves.byteLength !== chunks * DIGEST_BYTES) {
    const message = `${leaves.byteLength / DIGEST_BYTES} leaves for ${chunks} chunks; the running sum is refused`
    throw new WireError('MALFORMED', message)
  }
  if (label.version <= newerThan) {
    const message = `version ${label.version} is not newer than ${newerThan}; it is refused`
    throw new WireError('OUT_OF_RANGE', message)
  }
}
