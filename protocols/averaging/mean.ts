import { assertFits } from '../model/index.js'
import type { AveragingRule } from './contract.js'
import { createWeightedSum, weightedSumOf } from './weighted-sum.js'

/** The plain weighted mean Σ w_k·W_k: D-PSGD's mixing step and FedAvg's average. Float64 sum, float32 result. */
export const mean: AveragingRule = {
  name: 'mean',
  begin(layout) {
    const sum = createWeightedSum(layout)
    return {
      add: (weights, weight) => sum.add(weights, weight),
      finish(out) {
        assertFits(out, layout)
        out.set(sum.values)
      },
    }
  },
  sharded: { linear: true, combine: weightedSumOf },
}
