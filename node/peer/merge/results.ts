import type { SnapshotDescription } from '../../network/index.js'

/** Results that are still served, beside the one that is held: others may be an attempt behind. */
const KEPT = 2

interface Result {
  readonly weights: Float32Array
  readonly described: SnapshotDescription
}

/** Results of one merge, whole and checked, by digest. */
export interface Results {
  has(digest: string): boolean
  get(digest: string): Result | undefined
  /** Takes the weights over. */
  keep(result: Result): void
  /** This is the result that the machine goes by, if there is one: it stays, whatever comes after it. */
  hold(digest: string | undefined): void
}

export const createResults = (): Results => {
  const results = new Map<string, Result>()
  let held: string | undefined
  return {
    has: (digest) => results.has(digest),
    get: (digest) => results.get(digest),
    keep(result) {
      const { digest } = result.described
      results.delete(digest)
      results.set(digest, result)
      const others = [...results.keys()].filter((other) => other !== held)
      for (const other of others.slice(0, -KEPT)) results.delete(other)
    },
    hold: (digest) => void (held = digest),
  }
}
