import type { PublishedSnapshot } from '../../node/peer/snapshots.js'

export const WEIGHTS = Float32Array.of(1, -2, 3, 0)

export const published = (version: number, weights = WEIGHTS): PublishedSnapshot => ({
  head: {
    ...{ version, round: 1, samples: 1, digest: String(version).padStart(64, '0'), degree: 1 },
    ...{ finished: false, loss: null, accuracy: null },
  },
  layout: 'f'.repeat(64),
  bytes: new Uint8Array(weights.buffer),
  leaves: new Uint8Array(32),
  weights,
})

export const offer = (name: string, held?: number) => ({
  name,
  version: 1,
  ...(held === undefined ? {} : { held }),
})
export const newest = (...accepts: ReturnType<typeof offer>[]) =>
  ({ type: 'newest', newerThan: -1, accepts }) as const
