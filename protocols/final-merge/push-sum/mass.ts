/**
 * What a peer holds in push-sum (Kempe, Dobra and Gehrke 2003, "Gossip-based computation of aggregate information",
 * section 2.1): a weighted sum of models and its weight, in float64. Their quotient is the peer's estimate of the
 * average. Owned and changed in place by the functions below, nobody else.
 */
export interface Mass {
  readonly sum: Float64Array
  weight: number
}

/**
 * All that a peer has ever given to each of its readers (Hadjicostis, Vaidya and Domínguez-García 2016, "Robust
 * distributed average consensus via exchange of running sums", section III). Immutable once made: it may be on its way.
 */
export interface RunningSum {
  /** float32, because it travels. */
  readonly sum: Float32Array
  readonly weight: number
}

/**
 * The mass that a peer begins with.
 * @param weights its frozen model, finite; borrowed.
 * @param share its part in the average, positive: 1, or samples.
 */
export const createMass = (weights: Float32Array, share: number): Mass => {
  // A tenth of the time of Float64Array.from.
  const sum = new Float64Array(weights.length)
  for (let i = 0; i < sum.length; i++) sum[i] = share * weights[i]!
  return { sum, weight: share }
}

export interface SplitOptions {
  /** Those who will each take one part; at least 1. */
  readonly readers: number
  /** The running sum so far; absent: zero. Of the mass's length; borrowed. */
  readonly before?: RunningSum | undefined
  /** Receives the new running sum and belongs to it from then on; not the buffer of `before`. */
  readonly out: Float32Array
}

/**
 * Divides the mass into 1 + readers equal parts, keeps one and adds one to the running sum that all readers share.
 *
 * What is given is the difference of the rounded running sums, so what rounding leaves out stays in the mass, and mass
 * is conserved to the precision of float64. What would not fit a float32 stays here too.
 */
export const split = (mass: Mass, { readers, before, out }: SplitOptions): RunningSum => {
  const { sum } = mass
  const parts = 1 + readers
  for (let i = 0; i < sum.length; i++) {
    const old = before ? before.sum[i]! : 0
    out[i] = old + sum[i]! / parts
    if (!Number.isFinite(out[i])) out[i] = old
    sum[i]! -= readers * (out[i]! - old)
  }
  const old = before?.weight ?? 0
  const weight = old + mass.weight / parts
  mass.weight -= readers * (weight - old)
  return { sum: out, weight }
}

/**
 * Adds to the mass what a running sum has beyond the one taken before. A version left out is made up for by the next;
 * the same version twice adds nothing.
 * @param taken of the same segment; absent: zero. Both are borrowed.
 */
export const absorb = (mass: Mass, pulled: RunningSum, taken?: RunningSum): void => {
  const { sum } = mass
  for (let i = 0; i < sum.length; i++) sum[i]! += pulled.sum[i]! - (taken ? taken.sum[i]! : 0)
  mass.weight += pulled.weight - (taken?.weight ?? 0)
}

/** The peer's estimate of the average. @param out receives it; stays the caller's. */
export const estimate = ({ sum, weight }: Mass, out: Float32Array): void => {
  for (let i = 0; i < sum.length; i++) out[i] = sum[i]! / weight
}
