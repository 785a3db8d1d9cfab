import type { Trainer } from '../../protocols/training/contract.js'
import type { MergedPeriod } from './merge/merges.js'
import type { PeerResult } from './reports.js'

/** What a peer's own part of the result is: how good it is on its data, and tuned to them where that was asked for. */
export type Conclusion = Pick<
  PeerResult,
  'localAccuracy' | 'mergedAccuracy' | 'statistics' | 'statisticsCertificate' | 'tuned'
>

/**
 * Evaluates the merged model, and trains it further on the own data when `fineTune` says for how many steps.
 * @param local the own model before the merge; borrowed.
 */
export const conclude = async ({
  trainer,
  merged: { weights, statistics: agreed },
  local,
  fineTune,
}: {
  readonly trainer: Trainer
  readonly merged: MergedPeriod
  readonly local: Float32Array
  readonly fineTune: number
}): Promise<Conclusion> => {
  /** Undefined for a model without batch normalisation. */
  const ownOf = async (model: Float32Array): Promise<Float32Array | undefined> =>
    trainer.statisticsLength > 0 ? (await trainer.estimateStatistics(model)).values : undefined
  const statistics = agreed?.values ?? (await ownOf(weights))
  const { accuracy: localAccuracy } = await trainer.evaluate(local)
  const { accuracy: mergedAccuracy } = await trainer.evaluate(weights, statistics)
  const common = {
    ...{ localAccuracy, mergedAccuracy, statistics: statistics ?? null },
    statisticsCertificate: agreed?.outcome.certificate ?? null,
  }
  if (fineTune === 0) return { ...common, tuned: null }
  const { weights: tuned } = await trainer.train({ weights, steps: fineTune })
  const own = await ownOf(tuned)
  const { accuracy } = await trainer.evaluate(tuned, own)
  return { ...common, tuned: { weights: tuned, statistics: own ?? null, accuracy } }
}
