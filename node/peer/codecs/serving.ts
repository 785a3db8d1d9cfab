import { performance } from 'node:perf_hooks'
import { CODEC_VERSION, type Codec } from '../../../protocols/codecs/index.js'
import { limits } from '../../../protocols/limits.js'
import type { SnapshotRequest } from '../../../protocols/wire/index.js'
import type { Coder } from '../../codecs/index.js'
import { describeBytes, type Served, type ServedEncoding } from '../../network/index.js'
import type { PublishedSnapshot, Snapshots } from '../snapshots.js'
import { createHeldVersions } from './held-versions.js'
import type { ChooseOffer } from './servable.js'

export interface ServingDeps {
  readonly snapshots: Pick<Snapshots, 'find' | 'newest'>
  readonly coder: Pick<Coder, 'encode'>
  readonly choose: ChooseOffer
}

type Encoding = Omit<ServedEncoding, 'waitedMs'>

interface Entry {
  readonly encoded: Promise<Encoding | null>
  /** Once it is there. */
  encoding?: Encoding
}

/**
 * Answers requests for snapshots: in the first codec of the request that this peer serves, else as they are. A version
 * is encoded once for each codec, when somebody first asks, and kept for the others. What was used longest ago goes
 * first, beyond `limits.encodingsServed` or `limits.encodedModelsServed` models.
 */
export const createServing = ({
  snapshots,
  coder,
  choose,
}: ServingDeps): ((request: SnapshotRequest) => Served | Promise<Served>) => {
  /** The one used longest ago comes first. */
  const entries = new Map<string, Entry>()
  const held = createHeldVersions(limits.heldVersionsMax)

  const touch = (key: string, entry: Entry): void => {
    entries.delete(key)
    entries.set(key, entry)
  }
  const sizeOf = ({ encoding }: Entry): number =>
    encoding ? encoding.bytes.byteLength / encoding.plainBytes : 0
  const shrink = (): void => {
    let models = [...entries.values()].reduce((sum, entry) => sum + sizeOf(entry), 0)
    for (const [key, entry] of entries) {
      const fits = entries.size <= limits.encodingsServed && models <= limits.encodedModelsServed
      if (fits || entries.size === 1) return
      entries.delete(key)
      models -= sizeOf(entry)
    }
  }

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
    let entry = entries.get(key)
    if (!entry) {
      const fresh: Entry = { encoded: encode(snapshot, codec, holds) }
      entry = fresh
      void fresh.encoded.then((encoding) => {
        if (encoding) fresh.encoding = encoding
        else entries.delete(key)
        shrink()
      })
      if (codec.remembers) held.gave(snapshot.head.version)
    }
    touch(key, entry)
    shrink()
    if (entry.encoding) return { ...entry.encoding, waitedMs: 0 }
    const encoding = await entry.encoded
    return encoding ? { ...encoding, waitedMs: performance.now() - startedMs } : snapshot
  }

  const encodingOf = (digest: string): Served => {
    for (const [key, entry] of entries) {
      if (entry.encoding?.digest !== digest) continue
      touch(key, entry)
      return { ...entry.encoding, waitedMs: 0 }
    }
    return null
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
