import type { Layout } from '../model/index.js'

/**
 * How several models become one. A rule is stateless; each average runs through a fresh Mixer, which streams:
 * contributions are accumulated as they come, so memory is one accumulator whatever their number.
 */
export interface AveragingRule {
  readonly name: string
  /** Starts one average over this layout. */
  begin(layout: Layout): Mixer
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

export interface Mixer {
  /**
   * Adds one model.
   * @param weights a flat vector of the layout; borrowed for the call, not changed.
   * @param weight the model's share, ≥ 0. The shares of one average sum to 1.
   */
  add(weights: Float32Array, weight: number): void
  /** Writes the average into `out`, a flat vector of the layout, which may be one of the inputs. Call once, last. */
  finish(out: Float32Array): void
}
