import type { Trainer } from '../../protocols/training/contract.js'
import type { MergedPeriod } from './merge/merges.js'
import type { MergedModel, PeerResult } from './reports.js'

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
  merged,
  local,
  fineTune,
}: {
  readonly trainer: Trainer
  readonly merged: MergedPeriod
  readonly local: Float32Array
  readonly fineTune: number
}): Promise<Conclusion> => {
  const { weights, statistics, statisticsCertificate } = await describeMerged(trainer, merged)
  const { accuracy: localAccuracy } = await trainer.evaluate(local)
  const { accuracy: mergedAccuracy } = await trainer.evaluate(weights, statistics ?? undefined)
  const common = { localAccuracy, mergedAccuracy, statistics, statisticsCertificate }
  if (fineTune === 0) return { ...common, tuned: null }
  const { weights: tuned } = await trainer.train({ weights, steps: fineTune })
  const own = await ownStatistics(trainer, tuned)
  const { accuracy } = await trainer.evaluate(tuned, own)
  return { ...common, tuned: { weights: tuned, statistics: own ?? null, accuracy } }
}

/** A merged model with its statistics: those that all agreed on, or else this peer's own. Its weights stay the caller's. */
export const describeMerged = async (
  trainer: Trainer,
  { outcome: { digest, roster, certificate }, weights, statistics: agreed }: MergedPeriod,
): Promise<MergedModel> => ({
  ...{ digest, roster, certificate, weights },
  statistics: agreed?.values ?? (await ownStatistics(trainer, weights)) ?? null,
  statisticsCertificate: agreed?.outcome.certificate ?? null,
})

/** Undefined for a model without batch normalisation. */
const ownStatistics = async (trainer: Trainer, weights: Float32Array): Promise<Float32Array | undefined> =>
  trainer.statisticsLength > 0 ? (await trainer.estimateStatistics(weights)).values : undefined
