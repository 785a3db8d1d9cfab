import { type MixingKernels, referenceKernels } from '../kernels/index.js'
import { assertFits, type Layout } from '../model/index.js'

/** A contribution that may be older than the model it is mixed with. */
export interface DatedContribution {
  readonly from: string
  readonly weights: Float32Array
  readonly weight: number
  /** The mixing peer's own published weights of the time when this snapshot was announced; none for its own model. */
  readonly since?: Float32Array | undefined
}

export interface CatchUp {
  /** The mixing peer's own weights of now. */
  readonly now: Float32Array
  /** How much of the own progress since then is added, 0 to 1. */
  readonly fraction: number
}

/**
 * Brings stale models up to date before they are mixed: each is moved by a fraction of what the mixing peer itself has
 * learned since the snapshot was announced, W_k + fraction·(now − since_k).
 *
 * Why: mixing with share s a model that is τ rounds old pulls back a share of the own progress, so that all members
 * together learn only about 1/(1 + s·τ) as fast as in lock step. Comparing models of the same time instead,
 * x ← x + Σ w_k·(W_k − since_k), leaves the progress whole; it is gossip over delayed differences. Fully compensated
 * it is unstable when s and the delay are large, hence the fraction. protocols/decisions/0004 has the measurements.
 * @param kernels what the floats are added with. @default plain code, which gives the same bits as any other
 * @param vectorOf makes the vector for a moved model; its content does not matter. @default a fresh buffer
 * @returns contributions for `average`; those that are moved lie in such a vector, nothing given is changed.
 */
export const caughtUp = (
  layout: Layout,
  contributions: readonly DatedContribution[],
  { now, fraction }: CatchUp,
  kernels: MixingKernels = referenceKernels,
  vectorOf: (length: number) => Float32Array = (length) => new Float32Array(length),
): DatedContribution[] => {
  assertFits(now, layout)
  return contributions.map(({ from, weights, weight, since }) => {
    if (!since || fraction === 0) return { from, weights, weight }
    assertFits(weights, layout)
    assertFits(since, layout)
    const moved = vectorOf(layout.length)
    kernels.advance({ weights, now, since, fraction, out: moved })
    return { from, weights: moved, weight }
  })
}
