import type { AveragingRule } from './contract.js'
import { weightedSumOf } from './weighted-sum.js'

/** The plain weighted mean Σ w_k·W_k: D-PSGD's mixing step and FedAvg's average. Float64 sum, float32 result. */
export const mean: AveragingRule = {
  name: 'mean',
  mix: ({ models, shares, out }, kernels) => kernels.weightedSum({ inputs: models, shares, out }),
  sharded: { linear: true, combine: weightedSumOf },
}
