import { performance } from 'node:perf_hooks'
import { CODEC_VERSION, type Codec } from '../../../protocols/codecs/index.js'
import { limits } from '../../../protocols/limits.js'
import type { SnapshotRequest } from '../../../protocols/wire/index.js'
import type { Coder } from '../../codecs/index.js'
import { describeBytes, type Served } from '../../network/index.js'
import type { PublishedSnapshot, Snapshots } from '../snapshots.js'
import { createEncodingPlaces } from './encoding-places.js'
import { createEncodings, type Encoding } from './encodings.js'
import { createHeldVersions } from './held-versions.js'
import type { ChooseOffer } from './servable.js'

export interface ServingDeps {
  readonly snapshots: Pick<Snapshots, 'find' | 'newest'>
  readonly coder: Pick<Coder, 'encode'>
  readonly choose: ChooseOffer
}

interface Asked {
  readonly codec: Codec
  /** The version that the reader holds. */
  readonly holds: number | undefined
  readonly from: string
}

/**
 * Answers requests for snapshots: in the first codec of the request that this peer serves, else as they are. A version
 * is encoded once for each codec, when somebody first asks, and kept for the others; changes, for each version that is
 * held. Who asks for more than a reader needs gets the snapshot as it is.
 * @returns answers a request of the peer `from`.
 */
export const createServing = ({
  snapshots,
  coder,
  choose,
}: ServingDeps): ((request: SnapshotRequest, from: string) => Served | Promise<Served>) => {
  const encodings = createEncodings()
  const places = createEncodingPlaces()
  const held = createHeldVersions({ capacity: limits.heldVersionsMax, basesMax: limits.heldBasesMax })

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

  const begin = (
    snapshot: PublishedSnapshot,
    { codec, holds, from, key }: Asked & { readonly key: string },
  ): Promise<Encoding | null> | null => {
    const { version } = snapshot.head
    const release = places.take(from, version)
    if (!release) return null
    if (codec.remembers) held.gave(version)
    if (holds !== undefined) held.began(holds, version)
    return encodings.add(key, encode(snapshot, codec, holds).finally(release))
  }

  const answer = async (snapshot: PublishedSnapshot, asked: Asked): Promise<Served> => {
    const key = `${snapshot.head.version} ${asked.codec.spec} ${asked.holds ?? ''}`
    const startedMs = performance.now()
    const found = encodings.find(key) ?? begin(snapshot, { ...asked, key })
    if (found && !(found instanceof Promise)) return { ...found, waitedMs: 0 }
    const encoding = await found
    return encoding ? { ...encoding, waitedMs: performance.now() - startedMs } : snapshot
  }

  const encodingOf = (digest: string): Served => {
    const encoding = encodings.byDigest(digest)
    return encoding ? { ...encoding, waitedMs: 0 } : null
  }

  return (request, from) => {
    if (request.type === 'exact') return snapshots.find(request)
    if (request.type === 'chunk') return snapshots.find(request) ?? encodingOf(request.digest)
    const snapshot = snapshots.newest(request.newerThan)
    const chosen = snapshot && choose(request.accepts ?? [])
    if (!snapshot || !chosen) return snapshot
    const holds = held.known(chosen.held, snapshot.head.version)
    return answer(snapshot, { codec: chosen.codec, holds, from })
  }
}
