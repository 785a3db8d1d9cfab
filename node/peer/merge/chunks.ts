import { limits } from '../../../protocols/limits.js'
import { chunkRange } from '../../../protocols/wire/index.js'

/** How a model is cut for one merge, and how many pieces travel together. */
export interface Chunks {
  /** Of the whole model. */
  readonly bytes: number
  readonly chunkBytes: number
  /** Offsets in bytes; the end is exclusive. */
  range(index: number): { readonly start: number; readonly end: number }
  /** As many chunks together as one frame carries. */
  batches(chunks: readonly number[]): readonly (readonly number[])[]
  /** Takes a reply apart; what is missing at its end comes as an empty chunk, which none is. Views. */
  separate(data: Uint8Array, indexes: readonly number[]): readonly (readonly [number, Uint8Array])[]
}

export const createChunks = ({
  bytes,
  chunkBytes,
  count,
}: {
  readonly bytes: number
  readonly chunkBytes: number
  readonly count: number
}): Chunks => {
  const range = (index: number) => chunkRange(index, { byteLength: bytes, chunkBytes })
  const perRequest = Math.min(
    limits.mergeChunksPerRequestMax,
    Math.max(1, Math.floor(limits.chunkBytes / chunkBytes)),
  )
  return {
    bytes,
    chunkBytes,
    range,
    batches: (chunks) =>
      Array.from({ length: Math.ceil(chunks.length / perRequest) }, (_, i) =>
        chunks.slice(i * perRequest, (i + 1) * perRequest),
      ),
    separate(data, indexes) {
      let at = 0
      return indexes.map((chunk) => {
        const { start, end } = chunk < count ? range(chunk) : { start: 0, end: 0 }
        const part = data.subarray(at, at + end - start)
        at += end - start
        return [chunk, part] as const
      })
    },
  }
}
