export interface DeadlineBounds {
  /** Milliseconds before anything was measured. */
  readonly initialMs: number
  readonly minMs: number
  readonly maxMs: number
  /** How many median absolute deviations above the median. */
  readonly deviations: number
}

/** initialMs, deviations: guess. minMs: a loopback exchange takes under 50 ms. maxMs: no longer than a whole exchange may take. */
export const defaultDeadlineBounds: DeadlineBounds = Object.freeze({
  initialMs: 10_000,
  minMs: 200,
  maxMs: 30_000,
  deviations: 6,
})

/** Past waits that are remembered. Guess: long enough for a stable median, short enough to follow a change. */
const REMEMBERED = 32

/** How long to wait for an answer, learned from how long answers took: median + k·MAD, within bounds. */
export interface AdaptiveDeadline {
  observe(elapsedMs: number): void
  currentMs(): number
}

export const createAdaptiveDeadline = (bounds: DeadlineBounds): AdaptiveDeadline => {
  const waits: number[] = []
  let cached = bounds.initialMs
  let stale = false
  return {
    observe(elapsedMs) {
      waits.push(elapsedMs)
      if (waits.length > REMEMBERED) waits.shift()
      stale = true
    },
    currentMs() {
      if (!stale) return cached
      stale = false
      const median = medianOf(waits)
      const deviation = medianOf(waits.map((wait) => Math.abs(wait - median)))
      cached = Math.min(bounds.maxMs, Math.max(bounds.minMs, median + bounds.deviations * deviation))
      return cached
    },
  }
}

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
