import type { MixingKernels } from '../kernels/index.js'
import type { Layout } from '../model/index.js'

/** How several models become one. A rule is stateless, and needs no memory for models besides what it is given. */
export interface AveragingRule {
  readonly name: string
  /** Fills `out`, which may be one of the models. Everything is checked before: see `average`. */
  mix(models: ModelsToMix, kernels: MixingKernels): void
  /** How it is taken chunk by chunk, each in another place; none when that cannot be done. */
  readonly sharded?: ShardedRule
}

/**
 * A rule in three steps: chunks of the flat vector are averaged, each where all models' pieces of it are; the averages
 * are put together; and what needs the whole is done to them, with a few numbers that each contributor gives about its
 * model. Every peer must get the same bits from the same models.
 */
export interface ShardedRule {
  /** Whether `combine` is Σ share·chunk up to rounding: then random projections can check it. */
  readonly linear: boolean
  /**
   * @param chunks the same elements of several models, in the order of their senders' ids; borrowed.
   * @returns a fresh vector of that length.
   */
  combine(chunks: readonly Float32Array[], shares: readonly number[]): Float32Array
  /** What a contributor says about its model. */
  summarise?(layout: Layout, weights: Float32Array): Float64Array
  /** Whether these numbers, from another peer, can be such a summary. */
  isSummary?(layout: Layout, summary: Float64Array): boolean
  /** Changes the average in place. `models` in the order of ids. */
  finish?(
    layout: Layout,
    average: Float32Array,
    models: readonly { readonly share: number; readonly summary: Float64Array }[],
  ): void
}

/** Flat vectors of the layout; borrowed for the call, not changed. */
export interface ModelsToMix {
  readonly layout: Layout
  /** At least one, in the order in which they are added. */
  readonly models: readonly Float32Array[]
  /** One for each model, ≥ 0 with sum 1. */
  readonly shares: readonly number[]
  readonly out: Float32Array
}
