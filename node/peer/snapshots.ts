import { limits } from '../../protocols/limits.js'
import type { SnapshotRequest } from '../../protocols/wire/index.js'
import type { ServedSnapshot } from '../network/index.js'

/** A snapshot with its weights, which others may encode. Borrowed. */
export interface PublishedSnapshot extends ServedSnapshot {
  readonly weights: Float32Array
}

/** The own snapshots that others may ask for: the newest few, and the frozen one while there is a merge. */
export interface Snapshots {
  publish(snapshot: PublishedSnapshot): void
  /** Keeps serving this one until another is pinned. */
  pin(snapshot: ServedSnapshot): void
  find(request: SnapshotRequest): ServedSnapshot | null
  /** The newest one, when its version is above this one. */
  newest(newerThan: number): PublishedSnapshot | null
}

export const createSnapshots = (): Snapshots => {
  const newestFirst: PublishedSnapshot[] = []
  let pinned: ServedSnapshot | undefined
  const byDigest = (digest: string): ServedSnapshot | null =>
    [pinned, ...newestFirst].find((snapshot) => snapshot?.head.digest === digest) ?? null
  const newest = (newerThan: number): PublishedSnapshot | null => {
    const first = newestFirst[0]
    return first && first.head.version > newerThan ? first : null
  }
  return {
    publish(snapshot) {
      newestFirst.unshift(snapshot)
      if (newestFirst.length > limits.snapshotsServed) newestFirst.pop()
    },
    pin: (snapshot) => void (pinned = snapshot),
    find: (request) => (request.type === 'newest' ? newest(request.newerThan) : byDigest(request.digest)),
    newest,
  }
}
