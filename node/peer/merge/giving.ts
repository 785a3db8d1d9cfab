import { setImmediate } from 'node:timers/promises'
import type { ShardStore } from '../../../protocols/final-merge/index.js'
import { limits } from '../../../protocols/limits.js'
import {
  encodeFloat32,
  encodeFloat64,
  FLOAT32_BYTES,
  type ShardReply,
  type ShardRequest,
} from '../../../protocols/wire/index.js'
import { AVERAGE_WAIT_MS } from './fetch-times.js'
import type { Results } from './results.js'

/** Elements sketched between two turns of the event loop: about 1 ms. */
const SKETCH_SLICE = 256 * 1024

const NONE: ShardReply = { type: 'none' }

export interface Giving {
  /** @returns `none` for what is not served here. */
  serve(request: ShardRequest): ShardReply | Promise<ShardReply>
  /** An average was made: whoever waits for it gets it. */
  wake(): void
}

/** Serves parts of a merge from the store, and results. */
export const createGiving = ({
  store,
  chunkBytes,
  results,
  signal,
  onWanted,
}: {
  readonly store: ShardStore
  readonly chunkBytes: number
  readonly results: Results
  readonly signal: AbortSignal
  /** Somebody asks for an average over this roster that is not there. */
  readonly onWanted: (roster: string, chunk: number) => void
}): Giving => {
  /** Those who wait for an average. */
  const waiting = new Set<() => void>()

  const sketch = async (seed: number): Promise<ShardReply> => {
    const { frozen } = store
    const values = new Float64Array(store.chunks)
    let sketched = 0
    for (let chunk = 0; chunk < values.length; chunk++) {
      values[chunk] = store.sketchOf(seed, chunk)
      sketched += chunkBytes / FLOAT32_BYTES
      if (sketched < SKETCH_SLICE) continue
      sketched = 0
      await setImmediate()
      // Half of each model would pass for a lie.
      if (store.frozen !== frozen) return NONE
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
    wake: () => [...waiting].forEach((look) => look()),
  }
}
