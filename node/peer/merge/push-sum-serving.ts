import type { RunningSum } from '../../../protocols/final-merge/push-sum/index.js'
import { limits } from '../../../protocols/limits.js'
import type { Layout } from '../../../protocols/model/index.js'
import { chunkCount, chunkRange, type ShardReply, type ShardRequest } from '../../../protocols/wire/index.js'
import { describeSnapshot, type SnapshotDescription } from '../../network/index.js'

/** A running sum that others may take. */
interface Served {
  readonly sum: RunningSum
  readonly version: number
  readonly epoch: number
  /** Hashed when somebody asks. */
  described?: Promise<SnapshotDescription>
}

/** What a peer gives away in one push-sum merge, and the buffers that are on their way. */
export interface Serving {
  newest(segment: number): RunningSum | undefined
  /** The sum must not change any more. */
  give(segment: number, served: Served): void
  release(segment: number): void
  /** The newest of a segment, whose chunks this neighbour may ask for from now on. */
  manifest(to: string, asked: { readonly segment: number; readonly after: number }): Promise<ShardReply>
  /** A chunk of what this neighbour was given the manifest of. */
  piece(to: string, request: Extract<ShardRequest, { readonly type: 'piece' }>): ShardReply
  /** The neighbour takes nothing any more. */
  forget(id: string): void
  clear(): void
}

const NONE: ShardReply = { type: 'none' }

export const createServing = (session: string, layout: Layout): Serving => {
  const segments = new Map<number, Served>()
  /** By neighbour: what it is reading. Kept until its last chunk has gone out, whatever is newer by then. */
  const lent = new Map<string, SnapshotDescription>()
  return {
    newest: (segment) => segments.get(segment)?.sum,
    give: (segment, served) => void segments.set(segment, served),
    release: (segment) => void segments.delete(segment),
    async manifest(to, { segment, after }) {
      const served = segments.get(segment)
      if (!served) return NONE
      const { sum, version, epoch } = served
      const described = await (served.described ??= describeSnapshot(sum.sum))
      lent.set(to, described)
      return {
        type: 'sum',
        label: { session, segment, after, version, weight: sum.weight, epoch },
        layout: layout.fingerprint,
        bytes: described.bytes.byteLength,
        leaves: described.leaves,
      }
    },
    piece(to, { digest, indexes: [index, ...others] }) {
      const loan = lent.get(to)
      const { bytes } = loan ?? { bytes: new Uint8Array(0) }
      const count = chunkCount(bytes.byteLength, limits.chunkBytes)
      if (loan?.digest !== digest || index === undefined || index >= count || others.length > 0) return NONE
      if (index === count - 1) lent.delete(to)
      const { start, end } = chunkRange(index, {
        byteLength: bytes.byteLength,
        chunkBytes: limits.chunkBytes,
      })
      return { type: 'chunk', index, data: bytes.subarray(start, end) }
    },
    forget: (id) => void lent.delete(id),
    clear() {
      segments.clear()
      lent.clear()
    },
  }
}
