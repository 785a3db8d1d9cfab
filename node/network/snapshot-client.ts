import type { Connection } from '@libp2p/interface'
import { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import type { Layout } from '../../protocols/model/index.js'
import {
  chunkCount,
  decodeFloat32Into,
  decodeSnapshotReply,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  FLOAT32_BYTES,
  leafAt,
  verifyChunk,
} from '../../protocols/wire/index.js'
import type { SnapshotReply } from '../../protocols/wire/index.js'
import type { PulledSnapshot, PullOptions } from './contract.js'
import { createDeadline, reasonOrError, within } from './deadline.js'
import { asExchangeError, NetworkError } from './errors.js'
import { createNeighbourStreams } from './neighbour-streams.js'
import type { NeighbourStream } from './neighbour-streams.js'
import { sha256 } from './sha256.js'
import type { Tally } from './tally.js'

export interface SnapshotClientDeps {
  /** An admitted connection to the peer: the open one, or a fresh dial. */
  readonly connect: (peerId: string, signal: AbortSignal) => Promise<Connection>
  readonly limits: Limits
  readonly tally: Tally
  /** Aborts when the network stops. */
  readonly stopped: AbortSignal
  readonly onFault: (peerId: string, code: string, message: string) => void
}

export interface SnapshotClient {
  pull(options: PullOptions): Promise<PulledSnapshot | null>
  stop(): void
}

type Manifest = Extract<SnapshotReply, { readonly type: 'manifest' }>

/** Pulls snapshots from neighbours: the receiver asks for each chunk, so a fast sender cannot flood a slow reader. */
export const createSnapshotClient = (deps: SnapshotClientDeps): SnapshotClient => {
  const { connect, limits, tally, stopped, onFault } = deps
  const streams = createNeighbourStreams({ limits, tally })
  /** The exchange under way with each neighbour; the next one waits for it. */
  const turns = new Map<string, Promise<unknown>>()
  let active = 0

  const exchange = async (options: PullOptions, signal: AbortSignal): Promise<PulledSnapshot | null> => {
    const { from } = options
    try {
      const stream = await streams.to(from, () => connect(from, signal), signal)
      return await pullOn(stream, options, { limits, signal })
    } catch (error) {
      streams.drop(from)
      throw asExchangeError(reasonOrError(signal, error), from)
    }
  }

  return {
    async pull(options) {
      const { from } = options
      if (active >= limits.pullsMax) {
        throw new NetworkError(
          'BUSY',
          `${active} pulls are under way, the most allowed; nothing was asked. Wait for one to end.`,
        )
      }
      active++
      const { signal, clear } = createDeadline({
        what: `pulling a snapshot from ${from}`,
        timeoutMs: limits.exchangeTimeoutMs,
        signals: [options.signal, stopped],
      })
      const previous = turns.get(from) ?? Promise.resolve()
      const turn = (async () => {
        await within(previous, signal)
        return exchange(options, signal)
      })()
      const quiet = previous.then(() => turn).catch(() => undefined)
      turns.set(from, quiet)
      try {
        return await turn
      } catch (error) {
        const { code, message } = asExchangeError(error, from)
        if (code !== 'STOPPED') onFault(from, code, message)
        throw error
      } finally {
        clear()
        active--
        if (turns.get(from) === quiet) turns.delete(from)
      }
    },
    stop: () => streams.stop(),
  }
}

const pullOn = async (
  stream: NeighbourStream,
  { request, layout, from }: PullOptions,
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
  const weights = new Float32Array(new SharedArrayBuffer(bytes))
  const count = chunkCount(bytes, limits.chunkBytes)
  const chunkElements = limits.chunkBytes / FLOAT32_BYTES
  let requested = 0
  for (let received = 0; received < count; received++) {
    for (; requested < Math.min(count, received + limits.chunkWindow); requested++) {
      await stream.send({ type: 'chunk', digest: head.digest, index: requested }, signal)
    }
    const chunk = decodeSnapshotReply(await stream.read(signal))
    if (chunk.type === 'none') {
      const message = `${from} replaced version ${head.version} while it was pulled; nothing was changed. Pull the newest.`
      throw new NetworkError('SNAPSHOT_GONE', message, { from, version: head.version })
    }
    const { index, data } = expect(chunk, 'chunk', from)
    if (index !== received)
      throw new WireError('MALFORMED', `chunk ${index} came in place of ${received}`, { index })
    if (!verifyChunk(leafAt(leaves, index), data, sha256)) {
      throw new WireError(
        'DIGEST_MISMATCH',
        `chunk ${index} does not match its digest; the snapshot is refused`,
        { index },
      )
    }
    decodeFloat32Into(data, weights, index * chunkElements)
  }
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
