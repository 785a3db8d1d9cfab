import { assertFits, momentsOf, tensorOf, type Layout } from '../model/index.js'
import type { AveragingRule } from './contract.js'
import { createWeightedSum, weightedSumOf } from './weighted-sum.js'

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
 */
export const varianceCorrected: AveragingRule = {
  name: 'variance-corrected',
  begin(layout) {
    const sum = createWeightedSum(layout)
    const targetVariance = new Float64Array(layout.entries.length)
    let squaredWeights = 0
    return {
      add(weights, weight) {
        sum.add(weights, weight)
        squaredWeights += weight * weight
        layout.entries.forEach((entry, index) => {
          if (entry.kind !== 'kernel') return
          targetVariance[index]! += weight * momentsOf(tensorOf(weights, entry)).variance
        })
      },
      finish(out) {
        assertFits(out, layout)
        const gainMax = 1 / Math.sqrt(squaredWeights)
        layout.entries.forEach((entry, index) => {
          if (entry.kind !== 'kernel') return
          const tensor = sum.values.subarray(entry.offset, entry.offset + entry.length)
          rescale(tensor, targetVariance[index]!, gainMax)
        })
        out.set(sum.values)
      },
    }
  },
  sharded: {
    linear: true,
    combine: weightedSumOf,
    summarise: (layout, weights) =>
      Float64Array.from(kernelsOf(layout), (entry) => momentsOf(tensorOf(weights, entry)).variance),
    isSummary: (layout, summary) =>
      summary.length === kernelsOf(layout).length && summary.every((value) => value >= 0 && value < Infinity),
    // The mean comes as float32, so the result may differ from that over whole models in the last bit.
    finish(layout, average, models) {
      const gainMax = 1 / Math.sqrt(models.reduce((sum, { share }) => sum + share * share, 0))
      kernelsOf(layout).forEach((entry, index) => {
        const target = models.reduce((sum, { share, summary }) => sum + share * summary[index]!, 0)
        rescale(tensorOf(average, entry), target, gainMax)
      })
    },
  },
}

const kernelsOf = ({ entries }: Layout) => entries.filter(({ kind }) => kind === 'kernel')

/** Stretches the tensor about its mean, in place, towards the target variance. */
const rescale = (tensor: Float32Array | Float64Array, targetVariance: number, gainMax: number): void => {
  const { mean, variance } = momentsOf(tensor)
  if (variance === 0) return
  const gain = Math.min(Math.sqrt(targetVariance / variance), gainMax)
  // x + (x − mean)·(g − 1), not mean + (x − mean)·g: with a gain of 1 every bit of x stays.
  for (let i = 0; i < tensor.length; i++) tensor[i]! += (tensor[i]! - mean) * (gain - 1)
}
