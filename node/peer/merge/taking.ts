import { setImmediate } from 'node:timers/promises'
import type { Fetch, Fetched, ShardStore } from '../../../protocols/final-merge/index.js'
import {
  decodeFloat32Into,
  decodeFloat64,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  FLOAT32_BYTES,
  leafAt,
  verifyChunk,
  type ShardRequest,
} from '../../../protocols/wire/index.js'
import { sha256, type AskShardsOptions, type Network } from '../../network/index.js'
import type { Chunks } from './chunks.js'
import type { Results } from './results.js'

/** Bytes hashed between two turns of the event loop: about 1 ms. */
const SLICE_BYTES = 1024 * 1024

/** A result of which some chunks are there: what one holder did not give, the next one may. */
interface Partial {
  readonly digest: string
  readonly leaves: Uint8Array
  readonly weights: Float32Array
  /** Chunks that are not what their leaves say. */
  readonly missing: Set<number>
}

/** Fetches parts of a merge from members into the store, and results. Never rejects: what went wrong is in the outcome. */
export const createTaking = ({
  store,
  chunks,
  results,
  network,
  fetchMs,
  signal,
}: {
  readonly store: ShardStore
  readonly chunks: Chunks
  readonly results: Results
  readonly network: Network
  /** Milliseconds until a fetch of that kind is given up. */
  readonly fetchMs: (what: Fetch['what']) => number
  readonly signal: AbortSignal
}): ((fetch: Fetch) => Promise<Fetched>) => {
  let partial: Partial | undefined

  const requestsOf = (fetch: Fetch): readonly ShardRequest[] => {
    switch (fetch.what) {
      case 'pieces':
        return chunks.batches(sorted(fetch.chunks)).map((indexes) => ({
          type: 'piece',
          digest: fetch.digest,
          indexes,
        }))
      case 'reduced':
        return chunks.batches(sorted(fetch.chunks)).map((indexes) => ({
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
        ...{ from: fetch.from, requests, signal, timeoutMs: fetchMs(fetch.what) },
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
            for (const [chunk, data] of chunks.separate(reply.data, request.indexes))
              settle(store.addPiece(request.digest, chunk, data), chunk)
          } else if (request.type === 'average') {
            for (const [chunk, data] of chunks.separate(reply.data, request.indexes))
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
    const begun = partial?.digest === digest ? partial : await beginReading(from, digest)
    if (typeof begun === 'string') return begun
    partial = begun
    const { leaves, weights, missing } = begun
    const requests = chunks
      .batches([...missing])
      .map((indexes) => ({ type: 'piece', digest, indexes }) as const)
    let problem: Fetched['problem']
    const askAll: AskShardsOptions = {
      ...{ from, signal, requests, timeoutMs: fetchMs('result') },
      onReply(reply, at) {
        if (reply.type !== 'chunk') return void (problem ??= 'none')
        for (const [chunk, data] of chunks.separate(reply.data, requests[at]!.indexes)) {
          if (!verifyChunk(leafAt(leaves, chunk), data, sha256)) problem = 'false'
          else {
            // Throws for NaN, which no honest result holds.
            decodeFloat32Into(data, weights, chunks.range(chunk).start / FLOAT32_BYTES)
            missing.delete(chunk)
          }
        }
      },
    }
    if (requests.length > 0) await network.askShards(askAll)
    if (problem) return problem
    partial = undefined
    results.keep({ weights, described: { bytes: encodeFloat32(weights), leaves, digest } })
    return undefined
  }

  const beginReading = async (from: string, digest: string): Promise<Partial | 'none' | 'false'> => {
    let leaves: Uint8Array | undefined
    await network.askShards({
      ...{ from, signal, timeoutMs: fetchMs('leaves'), requests: [{ type: 'leaves', digest }] },
      onReply: (reply) => void (leaves = reply.type === 'leaves' ? reply.leaves.slice() : undefined),
    })
    if (!leaves) return 'none'
    if (digestOfLeaves(leaves, sha256) !== digest || leaves.length !== store.chunks * DIGEST_BYTES)
      return 'false'
    const weights = new Float32Array(new SharedArrayBuffer(chunks.bytes))
    return { digest, leaves, weights, missing: await missingIn(weights, leaves) }
  }

  /** Fills in what the own averages amount to. @returns the chunks that are not what their leaves say, rising. */
  const missingIn = async (weights: Float32Array, leaves: Uint8Array): Promise<Set<number>> => {
    const drafted = new Set(store.draft(weights))
    const missing = new Set<number>()
    for (let chunk = 0; chunk < store.chunks; chunk++) {
      const data = encodeFloat32(store.chunkOf(weights, chunk))
      if (!drafted.has(chunk) || !verifyChunk(leafAt(leaves, chunk), data, sha256)) missing.add(chunk)
      if (((chunk + 1) * chunks.chunkBytes) % SLICE_BYTES < chunks.chunkBytes) await setImmediate()
    }
    return missing
  }

  return take
}

const sorted = (chunks: readonly number[]): readonly number[] => [...chunks].sort((a, b) => a - b)
