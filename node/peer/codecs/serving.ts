import { performance } from 'node:perf_hooks'
import { CODEC_VERSION, type Codec } from '../../../protocols/codecs/index.js'
import { limits } from '../../../protocols/limits.js'
import type { SnapshotRequest } from '../../../protocols/wire/index.js'
import type { Coder } from '../../codecs/index.js'
import { describeBytes, type Served } from '../../network/index.js'
import type { PublishedSnapshot, Snapshots } from '../snapshots.js'
import { createEncodings, type Encoding } from './encodings.js'
import { createHeldVersions } from './held-versions.js'
import type { ChooseOffer } from './servable.js'

export interface ServingDeps {
  readonly snapshots: Pick<Snapshots, 'find' | 'newest'>
  readonly coder: Pick<Coder, 'encode'>
  readonly choose: ChooseOffer
}

/**
 * Answers requests for snapshots: in the first codec of the request that this peer serves, else as they are. A version
 * is encoded once for each codec, when somebody first asks, and kept for the others.
 */
export const createServing = ({
  snapshots,
  coder,
  choose,
}: ServingDeps): ((request: SnapshotRequest) => Served | Promise<Served>) => {
  const encodings = createEncodings()
  const held = createHeldVersions(limits.heldVersionsMax)

  const encode = async (
    { head, layout, weights, bytes: plain }: PublishedSnapshot,
    codec: Codec,
    holds: number | undefined,
  ): Promise<Encoding | null> => {
    try {
      const { version } = head
      const bytes = await coder.encode({ spec: codec.spec, version, weights, held: holds })
      const named = { name: codec.spec, version: CODEC_VERSION }
      return { head, layout, codec: named, ...(await describeBytes(bytes)), plainBytes: plain.byteLength }
    } catch {
      // Weights that are not finite go as they are, and the reader says what is wrong with them. Anything else ends this peer.
      return null
    }
  }

  const answer = async (
    snapshot: PublishedSnapshot,
    codec: Codec,
    holds: number | undefined,
  ): Promise<Served> => {
    const key = `${snapshot.head.version} ${codec.spec} ${holds ?? ''}`
    const startedMs = performance.now()
    let found = encodings.find(key)
    if (!found) {
      found = encodings.add(key, encode(snapshot, codec, holds))
      if (codec.remembers) held.gave(snapshot.head.version)
    }
    if (!(found instanceof Promise)) return { ...found, waitedMs: 0 }
    const encoding = await found
    return encoding ? { ...encoding, waitedMs: performance.now() - startedMs } : snapshot
  }

  const encodingOf = (digest: string): Served => {
    const encoding = encodings.byDigest(digest)
    return encoding ? { ...encoding, waitedMs: 0 } : null
  }

  return (request) => {
    if (request.type === 'exact') return snapshots.find(request)
    if (request.type === 'chunk') return snapshots.find(request) ?? encodingOf(request.digest)
    const snapshot = snapshots.newest(request.newerThan)
    const chosen = snapshot && choose(request.accepts ?? [])
    if (!snapshot || !chosen) return snapshot
    return answer(snapshot, chosen.codec, held.known(chosen.held))
  }
}
