import { setImmediate } from 'node:timers/promises'
import {
  mergeChunkBytes,
  ShardStore,
  type MergeKernels,
  type Fetch,
  type Fetched,
} from '../../../protocols/final-merge/index.js'
import { FLOAT32_BYTES } from '../../../protocols/wire/index.js'
import { describeSnapshot, sha256, type Network } from '../../network/index.js'
import { createChunks } from './chunks.js'
import { createGiving, type Giving } from './giving.js'
import { createResults } from './results.js'
import type { Subject } from './subject.js'
import { createTaking } from './taking.js'

/** Elements checked between two turns of the event loop: about 1 ms. */
const CHECK_SLICE = 64 * 1024

/** What this peer holds for one merge, and how it gives and takes parts of it. */
export interface Shards extends Giving {
  readonly store: ShardStore
  readonly chunkBytes: number
  /** Borrows the weights, which must not change any more. @returns what to commit to. */
  freeze(weights: Float32Array): Promise<string>
  /** Never rejects: what went wrong is in the outcome. */
  fetch(fetch: Fetch): Promise<Fetched>
  /** Checks the averages by sketches. @returns the bad chunks; undefined when another attempt has begun meanwhile, or another call. */
  check(seed: number): Promise<readonly number[] | undefined>
  /** Puts the result together. @returns its digest. */
  assemble(): Promise<string>
  result(digest: string): Float32Array | undefined
  /** This is the result that the machine goes by, if there is one: it stays, whatever is put together or read after it. */
  hold(digest: string | undefined): void
}

export const createShards = ({
  self,
  subject: { layout, rule },
  network,
  kernels,
  fetchMs,
  signal,
  onWanted,
}: {
  readonly self: string
  readonly subject: Subject
  readonly network: Network
  /** @default plain code */
  readonly kernels?: MergeKernels | undefined
  /** Milliseconds until a fetch of that kind is given up. */
  readonly fetchMs: (what: Fetch['what']) => number
  readonly signal: AbortSignal
  /** Somebody asks for an average over this roster that is not there. */
  readonly onWanted: (roster: string, chunk: number) => void
}): Shards => {
  const bytes = layout.length * FLOAT32_BYTES
  const chunkBytes = mergeChunkBytes(bytes)
  const store = new ShardStore({ self, layout, chunkBytes, rule: rule.sharded, sha256, kernels })
  const chunks = createChunks({ bytes, chunkBytes, count: store.chunks })
  const results = createResults()
  return {
    ...{ store, chunkBytes },
    ...createGiving({ store, chunkBytes, results, signal, onWanted }),
    fetch: createTaking({ store, chunks, results, network, fetchMs, signal }),
    async freeze(weights) {
      const { leaves } = await describeSnapshot(weights, chunkBytes)
      return store.freeze(weights, leaves).digest
    },
    async check(seed) {
      const checking = store.checking(seed)
      for (let elements = 0; ; elements += chunkBytes / FLOAT32_BYTES) {
        const { done, value } = checking.next()
        if (done) return value
        if (elements < CHECK_SLICE) continue
        elements = 0
        await setImmediate()
      }
    },
    async assemble() {
      const weights = store.assemble(new Float32Array(new SharedArrayBuffer(bytes)))
      const described = await describeSnapshot(weights, chunkBytes)
      results.keep({ weights, described })
      return described.digest
    },
    result: (digest) => results.get(digest)?.weights,
    hold: (digest) => results.hold(digest),
  }
}
