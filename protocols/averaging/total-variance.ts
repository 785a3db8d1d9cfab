import { AveragingError, ModelError } from '../errors.js'
import type { ShardedRule } from './contract.js'
import { sortedShares } from './shares.js'

/**
 * The statistics of several peers' data as one, by the law of total variance, for each channel:
 *   mean = Σ w_k·m_k     variance = Σ w_k·v_k + Σ w_k·(m_k − mean)²
 * With shares in proportion to the examples that each was taken over, these are the statistics of all examples together;
 * with equal shares those of data in which every peer counts the same. Float64 sums in the order of the senders' ids,
 * float32 result.
 * @param contributions at least one, senders different, shares ≥ 0 with sum 1. `values` are means and population variances,
 *   interleaved: [mean_0, variance_0, mean_1, variance_1, …], finite; borrowed, not changed.
 * @returns values of the same kind in a fresh buffer, which the caller owns.
 * @throws AveragingError NO_CONTRIBUTIONS, BAD_MIXING_WEIGHT, BAD_STATISTICS for a negative variance; ModelError LENGTH_MISMATCH
 *   when lengths differ or are odd.
 */
export const combineStatistics = (
  contributions: readonly {
    readonly from: string
    readonly weight: number
    readonly values: Float32Array
  }[],
): Float32Array => {
  const sorted = sortedShares(contributions)
  const { length } = sorted[0]!.values
  for (const { from, values } of sorted) assertStatistics(values, { from, length })
  const combined = new Float32Array(length)
  for (let channel = 0; channel < length; channel += 2) {
    let mean = 0
    for (const { weight, values } of sorted) mean += weight * values[channel]!
    let within = 0
    let between = 0
    for (const { weight, values } of sorted) {
      within += weight * values[channel + 1]!
      between += weight * (values[channel]! - mean) * (values[channel]! - mean)
    }
    combined[channel] = mean
    combined[channel + 1] = within + between
  }
  return combined
}

const assertStatistics = (
  values: Float32Array,
  { from, length }: { readonly from: string; readonly length: number },
): void => {
  if (values.length !== length || length % 2 !== 0) {
    throw new ModelError(
      'LENGTH_MISMATCH',
      `the statistics of ${from} have ${values.length} numbers, not two for each of ${length / 2} channels; nothing was combined`,
      { from, expected: length, actual: values.length },
    )
  }
  for (let i = 1; i < length; i += 2) {
    if (values[i]! >= 0) continue
    throw new AveragingError(
      'BAD_STATISTICS',
      `${from} gives channel ${(i - 1) / 2} a variance of ${values[i]}, not ≥ 0; nothing was combined`,
      { from, channel: (i - 1) / 2, variance: values[i] },
    )
  }
}

/**
 * The same as a rule for the merge, whose vectors are statistics: chunks hold whole pairs. What other peers say is no
 * reason to fail here: a negative variance counts as none.
 */
export const totalVariance: { readonly name: string; readonly sharded: ShardedRule } = {
  name: 'total-variance',
  sharded: {
    linear: false,
    combine: (chunks, shares) =>
      combineStatistics(
        chunks.map((chunk, index) => ({
          from: String(index).padStart(6, '0'),
          weight: shares[index]!,
          values: chunk.map((value, i) => (i % 2 === 1 ? Math.max(0, value) : value)),
        })),
      ),
  },
}
