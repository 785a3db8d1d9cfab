import { setImmediate } from 'node:timers/promises'
import {
  decodeFloat64,
  encodeFloat64,
  mergeChunkBytes,
  ShardStore,
  type Fetch,
  type Fetched,
} from '../../../protocols/final-merge/index.js'
import { limits } from '../../../protocols/limits.js'
import {
  chunkCount,
  chunkRange,
  decodeFloat32Into,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  FLOAT32_BYTES,
  leafAt,
  verifyChunk,
  type ShardReply,
  type ShardRequest,
} from '../../../protocols/wire/index.js'
import {
  describeSnapshot,
  sha256,
  type AskShardsOptions,
  type Network,
  type SnapshotDescription,
} from '../../network/index.js'
import type { Subject } from './subject.js'

/** Milliseconds that a member waits at most for an average that is not there yet. Guess: then it asks another. */
const AVERAGE_WAIT_MS = 5_000
/** Results that are still served: others may be an attempt behind. */
const RESULTS_KEPT = 2
/** Bytes hashed between two turns of the event loop: about 1 ms. */
const SLICE_BYTES = 1024 * 1024
/** Elements sketched between two turns of the event loop: about 1 ms. */
const SKETCH_SLICE = 256 * 1024

const NONE: ShardReply = { type: 'none' }

/** What this peer holds for one merge, and how it gives and takes parts of it. */
export interface Shards {
  readonly store: ShardStore
  readonly chunkBytes: number
  /** Borrows the weights, which must not change any more. @returns what to commit to. */
  freeze(weights: Float32Array): Promise<string>
  /** Never rejects: what went wrong is in the outcome. */
  fetch(fetch: Fetch): Promise<Fetched>
  /** @returns `none` for what is not served here. */
  serve(request: ShardRequest): ShardReply | Promise<ShardReply>
  /** An average was made: whoever waits for it gets it. */
  wake(): void
  /** Puts the result together. @returns its digest. */
  assemble(): Promise<string>
  result(digest: string): Float32Array | undefined
}

export const createShards = ({
  self,
  subject: { layout, rule },
  network,
  signal,
  onWanted,
}: {
  readonly self: string
  readonly subject: Subject
  readonly network: Network
  readonly signal: AbortSignal
  /** Somebody asks for an average over this roster that is not there. */
  readonly onWanted: (roster: string, chunk: number) => void
}): Shards => {
  const bytes = layout.length * FLOAT32_BYTES
  const chunkBytes = mergeChunkBytes(bytes)
  const store = new ShardStore({ self, layout, chunkBytes, rule: rule.sharded, sha256 })
  const results = new Map<
    string,
    { readonly weights: Float32Array; readonly described: SnapshotDescription }
  >()
  /** Those who wait for an average. */
  const waiting = new Set<() => void>()
  const wake = (): void => [...waiting].forEach((look) => look())

  const rangeOf = (index: number) => chunkRange(index, { byteLength: bytes, chunkBytes })
  /** As many chunks as one frame carries. */
  const perRequest = Math.min(
    limits.mergeChunksPerRequestMax,
    Math.max(1, Math.floor(limits.chunkBytes / chunkBytes)),
  )
  const batches = (chunks: readonly number[]): readonly (readonly number[])[] =>
    Array.from({ length: Math.ceil(chunks.length / perRequest) }, (_, i) =>
      chunks.slice(i * perRequest, (i + 1) * perRequest),
    )
  /** Takes a reply apart; what is missing at its end comes as an empty chunk, which none is. */
  const chunksIn = (
    data: Uint8Array,
    indexes: readonly number[],
  ): readonly (readonly [number, Uint8Array])[] => {
    let at = 0
    return indexes.map((chunk) => {
      const { start, end } = chunk < store.chunks ? rangeOf(chunk) : { start: 0, end: 0 }
      const part = data.subarray(at, at + end - start)
      at += end - start
      return [chunk, part] as const
    })
  }
  const requestsOf = (fetch: Fetch): readonly ShardRequest[] => {
    switch (fetch.what) {
      case 'pieces':
        return batches(sorted(fetch.chunks)).map((indexes) => ({
          type: 'piece',
          digest: fetch.digest,
          indexes,
        }))
      case 'reduced':
        return batches(sorted(fetch.chunks)).map((indexes) => ({
          type: 'average',
          roster: fetch.roster,
          indexes,
        }))
      case 'sketch':
        return [
          { type: 'sketch', digest: fetch.digest, seed: fetch.seed },
          { type: 'testimony', roster: fetch.roster, seed: fetch.seed },
        ]
      default:
        return []
    }
  }
  const keep = (weights: Float32Array, described: SnapshotDescription): void => {
    results.delete(described.digest)
    results.set(described.digest, { weights, described })
    for (const digest of [...results.keys()].slice(0, -RESULTS_KEPT)) results.delete(digest)
  }

  // Taking

  const take = async (fetch: Fetch): Promise<Fetched> => {
    const arrived: number[] = []
    let problem: Fetched['problem']
    const settle = (isTrue: boolean, chunk?: number): void => {
      if (!isTrue) problem = 'false'
      else if (chunk !== undefined) arrived.push(chunk)
    }
    try {
      if (fetch.what === 'result') {
        problem = await takeResult(fetch)
        return { fetch, arrived, problem }
      }
      const needsLeaves =
        fetch.what !== 'reduced' && (fetch.what === 'leaves' || !store.hasLeaves(fetch.digest))
      const requests = [
        ...(needsLeaves ? [{ type: 'leaves', digest: fetch.digest } as const] : []),
        ...requestsOf(fetch),
      ]
      await network.askShards({
        ...{ from: fetch.from, requests, signal },
        onReply(reply, index) {
          const request = requests[index]!
          // Without a testimony the pieces themselves are fetched.
          if (reply.type === 'none') problem ??= request.type === 'testimony' ? undefined : 'none'
          else if (reply.type === 'leaves') {
            const { leaves, summary } = reply
            if (request.type === 'leaves')
              settle(store.addLeaves(request.digest, leaves.slice(), summary.slice()))
          } else if (reply.type === 'sketch') {
            const values = decodeFloat64(reply.values)
            if (request.type === 'testimony') {
              const vouched =
                values && store.addTestimony(request.roster, { from: fetch.from, seed: request.seed, values })
              settle(vouched !== undefined)
              arrived.push(...(vouched ?? []))
            } else if (request.type === 'sketch')
              settle(values !== undefined && store.addSketch(request.digest, request.seed, values))
          } else if (request.type === 'piece') {
            for (const [chunk, data] of chunksIn(reply.data, request.indexes))
              settle(store.addPiece(request.digest, chunk, data), chunk)
          } else if (request.type === 'average') {
            for (const [chunk, data] of chunksIn(reply.data, request.indexes))
              settle(store.addAverage(request.roster, chunk, data), chunk)
          }
        },
      })
    } catch {
      // A peer's fault or the network's: counted and reported where it happened.
      problem ??= 'unreachable'
    }
    return { fetch, arrived, problem }
  }

  /** The whole result, every chunk of it checked. What the own averages amount to is not fetched again. */
  const takeResult = async ({
    from,
    digest,
  }: Fetch & { readonly what: 'result' }): Promise<Fetched['problem']> => {
    if (results.has(digest)) return undefined
    let leaves: Uint8Array | undefined
    await network.askShards({
      ...{ from, signal, requests: [{ type: 'leaves', digest }] },
      onReply: (reply) => void (leaves = reply.type === 'leaves' ? reply.leaves.slice() : undefined),
    })
    if (!leaves) return 'none'
    const chunks = chunkCount(bytes, chunkBytes)
    if (digestOfLeaves(leaves, sha256) !== digest || leaves.length !== chunks * DIGEST_BYTES) return 'false'
    const weights = new Float32Array(new SharedArrayBuffer(bytes))
    const requests = batches(await missingIn(weights, leaves)).map(
      (indexes) => ({ type: 'piece', digest, indexes }) as const,
    )
    let problem: Fetched['problem']
    const askAll: AskShardsOptions = {
      ...{ from, signal },
      requests,
      onReply(reply, at) {
        if (reply.type !== 'chunk') return void (problem ??= 'none')
        for (const [chunk, data] of chunksIn(reply.data, requests[at]!.indexes)) {
          if (!verifyChunk(leafAt(leaves!, chunk), data, sha256)) problem = 'false'
          // Throws for NaN, which no honest result holds.
          else decodeFloat32Into(data, weights, rangeOf(chunk).start / FLOAT32_BYTES)
        }
      },
    }
    if (requests.length > 0) await network.askShards(askAll)
    if (problem) return problem
    // Every chunk has been found to be what its leaf says.
    keep(weights, { bytes: encodeFloat32(weights), leaves, digest })
    return undefined
  }

  /** Fills in what the own averages amount to. @returns the chunks that are not what their leaves say, rising. */
  const missingIn = async (weights: Float32Array, leaves: Uint8Array): Promise<readonly number[]> => {
    const drafted = new Set(store.draft(weights))
    const missing: number[] = []
    for (let chunk = 0; chunk < store.chunks; chunk++) {
      const data = encodeFloat32(store.chunkOf(weights, chunk))
      if (!drafted.has(chunk) || !verifyChunk(leafAt(leaves, chunk), data, sha256)) missing.push(chunk)
      if (((chunk + 1) * chunkBytes) % SLICE_BYTES < chunkBytes) await setImmediate()
    }
    return missing
  }

  // Giving

  const sketch = async (seed: number): Promise<ShardReply> => {
    const values = new Float64Array(store.chunks)
    let sketched = 0
    for (let chunk = 0; chunk < values.length; chunk++) {
      values[chunk] = store.sketchOf(seed, chunk)
      sketched += chunkBytes / FLOAT32_BYTES
      if (sketched < SKETCH_SLICE) continue
      sketched = 0
      await setImmediate()
    }
    return { type: 'sketch', values: encodeFloat64(values) }
  }

  const averageWhenThere = (roster: string, indexes: readonly number[]): ShardReply | Promise<ShardReply> => {
    const there = (): ShardReply | undefined => {
      const parts = indexes.flatMap((index) => store.average(roster, index) ?? [])
      return parts.length === indexes.length ? chunkReply(indexes, parts) : undefined
    }
    const now = there()
    if (now) return now
    for (const index of indexes) {
      if (!store.isOwner(roster, index) && !store.average(roster, index)) onWanted(roster, index)
    }
    return new Promise((resolve) => {
      const end = (reply: ShardReply): void => {
        clearTimeout(timer)
        waiting.delete(look)
        signal.removeEventListener('abort', look)
        resolve(reply)
      }
      const look = (): void => {
        const reply = signal.aborted ? NONE : there()
        if (reply) end(reply)
      }
      const giveUp = (): void => end(NONE)
      const timer = setTimeout(giveUp, AVERAGE_WAIT_MS)
      waiting.add(look)
      signal.addEventListener('abort', look)
      // It may have been made at once.
      look()
    })
  }

  const chunkReply = (indexes: readonly number[], parts: readonly Uint8Array[]): ShardReply => {
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0)
    // Nobody honest asks for more than a frame carries.
    if (length > limits.chunkBytes) return NONE
    return { type: 'chunk', index: indexes[0]!, data: parts.length === 1 ? parts[0]! : Buffer.concat(parts) }
  }

  return {
    store,
    chunkBytes,
    async freeze(weights) {
      const { leaves } = await describeSnapshot(weights, chunkBytes)
      return store.freeze(weights, leaves).digest
    },
    fetch: take,
    serve(request) {
      if (request.type === 'sum') return NONE
      if (request.type === 'testimony') {
        const values = store.testimony(request.roster, request.seed)
        return values ? { type: 'sketch', values: encodeFloat64(values) } : NONE
      }
      if (request.type === 'average') return averageWhenThere(request.roster, request.indexes)
      const frozen = store.frozen?.digest === request.digest ? store.frozen : undefined
      const result = results.get(request.digest)
      switch (request.type) {
        case 'leaves':
          if (frozen) return { type: 'leaves', leaves: frozen.leaves, summary: frozen.summary }
          return result
            ? { type: 'leaves', leaves: result.described.leaves, summary: new Uint8Array(0) }
            : NONE
        case 'piece': {
          const weights = frozen?.weights ?? result?.weights
          if (!weights || request.indexes.some((index) => index >= store.chunks)) return NONE
          return chunkReply(
            request.indexes,
            request.indexes.map((index) => encodeFloat32(store.chunkOf(weights, index))),
          )
        }
        case 'sketch':
          return frozen ? sketch(request.seed) : NONE
      }
    },
    wake,
    async assemble() {
      const weights = store.assemble(new Float32Array(new SharedArrayBuffer(bytes)))
      const described = await describeSnapshot(weights, chunkBytes)
      keep(weights, described)
      return described.digest
    },
    result: (digest) => results.get(digest)?.weights,
  }
}

const sorted = (chunks: readonly number[]): readonly number[] => [...chunks].sort((a, b) => a - b)
