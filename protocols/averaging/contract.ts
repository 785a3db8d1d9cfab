import type { Layout } from '../model/index.js'

/**
 * How several models become one. A rule is stateless; each average runs through a fresh Mixer, which streams:
 * contributions are accumulated as they come, so memory is one accumulator whatever their number.
 */
export interface AveragingRule {
  readonly name: string
  /** Starts one average over this layout. */
  begin(layout: Layout): Mixer
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
