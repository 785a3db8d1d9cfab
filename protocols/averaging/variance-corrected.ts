import { momentsOf, tensorOf, type Layout } from '../model/index.js'
import type { AveragingRule } from './contract.js'
import { weightedSumOf } from './weighted-sum.js'

/**
 * Variance-corrected averaging (arXiv 2404.04616). Averaging n unrelated models divides the variance of each layer
 * by about n, which undoes what initialisation set and stalls training. So each kernel is rescaled about its own
 * mean until its variance is the contributions' mean variance again:
 *
 *     B = Σ w_k·W_k     σ² = Σ w_k·Var(W_k)     g = min( sqrt(σ² / Var(B)), 1 / sqrt(Σ w_k²) )
 *     result = mean(B) + (B − mean(B))·g
 *
 * Departures from the paper: the gain has a cap, the one that wholly unrelated models need (uncorrelated W_k give
 * Var(B) = Σ w_k²·Var(W_k)); no additive epsilon, which would not be small beside the variance of a wide layer; a
 * tensor whose average has no variance is left as it is. Biases and scales are plainly averaged.
 *
 * The average is rounded to float32 before it is stretched, here as in the merge by chunks: a second rounding, of at most
 * half a unit in the last place of the average, in exchange for a pass over the models less.
 */
export const varianceCorrected: AveragingRule = {
  name: 'variance-corrected',
  mix({ layout, models, shares, out }, kernels) {
    const gainMax = gainMaxOf(shares)
    for (const { from, to, kernel } of stretches(layout)) {
      const inputs = models.map((weights) => weights.subarray(from, to))
      const tensor = out.subarray(from, to)
      if (!kernel) {
        kernels.weightedSum({ inputs, shares, out: tensor })
        continue
      }
      const moments = kernels.weightedSumWithMoments({ inputs, shares, out: tensor })
      const { mean, variance } = moments.at(-1)!
      const target = shares.reduce((sum, share, k) => sum + share * moments[k]!.variance, 0)
      kernels.rescale(tensor, { mean, factor: gainOf({ variance, target, gainMax }) - 1 })
    }
  },
  sharded: {
    linear: true,
    combine: weightedSumOf,
    summarise: (layout, weights) =>
      Float64Array.from(kernelsOf(layout), (entry) => momentsOf(tensorOf(weights, entry)).variance),
    isSummary: (layout, summary) =>
      summary.length === kernelsOf(layout).length && summary.every((value) => value >= 0 && value < Infinity),
    // Moments are taken in another order than over whole models, so the result may differ from theirs in the last bit.
    finish(layout, average, models) {
      const gainMax = gainMaxOf(models.map(({ share }) => share))
      kernelsOf(layout).forEach((entry, index) => {
        const target = models.reduce((sum, { share, summary }) => sum + share * summary[index]!, 0)
        rescale(tensorOf(average, entry), target, gainMax)
      })
    },
  },
}

const kernelsOf = ({ entries }: Layout) => entries.filter(({ kind }) => kind === 'kernel')

/** Each kernel by itself, and what lies between kernels as one: elements `from` up to `to`. */
const stretches = ({ entries }: Layout): { from: number; to: number; kernel: boolean }[] => {
  const found: { from: number; to: number; kernel: boolean }[] = []
  for (const { kind, offset, length } of entries) {
    const [last, kernel] = [found.at(-1), kind === 'kernel']
    if (last && !last.kernel && !kernel) last.to = offset + length
    else found.push({ from: offset, to: offset + length, kernel })
  }
  return found
}

const gainMaxOf = (shares: readonly number[]): number =>
  1 / Math.sqrt(shares.reduce((sum, share) => sum + share * share, 0))

const gainOf = ({
  variance,
  target,
  gainMax,
}: {
  readonly variance: number
  readonly target: number
  readonly gainMax: number
}): number => (variance === 0 ? 1 : Math.min(Math.sqrt(target / variance), gainMax))

/** Stretches the tensor about its mean, in place, towards the target variance. */
const rescale = (tensor: Float32Array, target: number, gainMax: number): void => {
  const { mean, variance } = momentsOf(tensor)
  const gain = gainOf({ variance, target, gainMax })
  if (gain === 1) return
  // x + (x − mean)·(g − 1), not mean + (x − mean)·g: with a gain of 1 every bit of x stays. Kernels save an operation (`rescale`); here the bits
  // must be those of every member, whatever its version.
  for (let i = 0; i < tensor.length; i++) tensor[i]! += (tensor[i]! - mean) * (gain - 1)
}
