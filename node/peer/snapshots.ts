import { limits } from '../../protocols/limits.js'
import type { SnapshotRequest } from '../../protocols/wire/index.js'
import type { ServedSnapshot } from '../network/index.js'

/** The own snapshots that others may ask for: the newest few, and the frozen one while there is a merge. */
export interface Snapshots {
  publish(snapshot: ServedSnapshot): void
  /** Keeps serving this one until another is pinned. */
  pin(snapshot: ServedSnapshot): void
  find(request: SnapshotRequest): ServedSnapshot | null
}

export const createSnapshots = (): Snapshots => {
  const newestFirst: ServedSnapshot[] = []
  let pinned: ServedSnapshot | undefined
  const byDigest = (digest: string): ServedSnapshot | null =>
    [pinned, ...newestFirst].find((snapshot) => snapshot?.head.digest === digest) ?? null
  return {
    publish(snapshot) {
      newestFirst.unshift(snapshot)
      if (newestFirst.length > limits.snapshotsServed) newestFirst.pop()
    },
    pin: (snapshot) => void (pinned = snapshot),
    find(request) {
      if (request.type !== 'newest') return byDigest(request.digest)
      const newest = newestFirst[0]
      return newest && newest.head.version > request.newerThan ? newest : null
    },
  }
}
