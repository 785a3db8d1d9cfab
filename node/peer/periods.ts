import type { RunConfiguration } from '../../protocols/run/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { Network } from '../network/index.js'
import { conclude, describeMerged } from './conclude.js'
import type { Counterfactual } from './counterfactual.js'
import { PeerError } from './errors.js'
import type { Learner } from './learner.js'
import type { Lifecycle } from './lifecycle.js'
import type { AbandonedHow, AbandonedPeriod, MergedPeriod } from './merge/merges.js'
import type { PeerReport, PeerResult } from './reports.js'

/** How the periods of a run end: with a merged model, from which training goes on, or without; the last ends the run. */
export interface Periods {
  merged(merged: MergedPeriod): void
  abandoned(gaveUp: AbandonedPeriod, how: AbandonedHow): void
  /** Those who may call are gone, or do not. */
  callerless(gaveUp: AbandonedPeriod): void
}

export const createPeriods = ({
  configuration,
  trainer,
  network,
  learner,
  counterfactual,
  outcome,
  startedMs,
  giveUp,
  onReport,
  fail,
}: {
  readonly configuration: RunConfiguration
  readonly trainer: Trainer
  readonly network: Pick<Network, 'stats'>
  readonly learner: Pick<Learner, 'dispatch' | 'local'>
  readonly counterfactual: Pick<Counterfactual, 'resume'>
  /** Of the run. */
  readonly outcome: {
    readonly resolve: (result: PeerResult) => void
    readonly reject: (error: PeerError) => void
  }
  /** When the peer was started, by `performance.now()`. */
  readonly startedMs: number
  readonly giveUp: Lifecycle['abandoned']
  readonly onReport: (report: PeerReport) => void
  readonly fail: (error: unknown) => void
}): Periods => {
  const { periods } = configuration
  /** Merges before the last that are still to be reported: they come before the result. */
  let goneOn: Promise<void> = Promise.resolve()

  /** Another period, from the merged model. */
  const goOn = async (merged: MergedPeriod): Promise<void> => {
    const { period, weights } = merged
    counterfactual.resume()
    learner.dispatch({ type: 'resume', weights })
    const model = await describeMerged(trainer, merged)
    const { accuracy: mergedAccuracy } = await trainer.evaluate(weights, model.statistics ?? undefined)
    onReport({ type: 'merged', period, models: model.roster.length, mergedAccuracy, ...model })
  }

  const finish = async (merged: MergedPeriod): Promise<PeerResult> => {
    // A peer that has not trained yet has nothing of its own.
    const local = learner.local ?? merged.weights
    const { fineTune } = configuration.finalMerge
    const conclusion = await conclude({ trainer, merged, local, fineTune })
    const { refused: _refused, ...traffic } = network.stats()
    const seconds = (performance.now() - startedMs) / 1000
    const { outcome: agreed, weights, error = null } = merged
    return { ...agreed, weights, error, ...conclusion, ...traffic, seconds }
  }

  /** This period has no merge: the run is over, if it was the last. */
  const endWithout = ({ period, reason, missing }: AbandonedPeriod): void => {
    if (period < periods) return
    const message =
      `the merge was abandoned: ${reason}. The local model is untouched; to merge, start the run again once its ` +
      'members, one that may call among them, can stay to the end.'
    outcome.reject(new PeerError('MERGE_ABANDONED', message, { missing }))
  }

  return {
    merged(merged) {
      if (merged.period < periods) {
        goneOn = Promise.all([goneOn, goOn(merged)]).then(() => {})
        return void goneOn.catch(fail)
      }
      // One that had given up goes on mixing with those that are not known to be done: who merged says no more.
      learner.dispatch({ type: 'freeze' })
      void goneOn.then(() => finish(merged)).then(outcome.resolve, fail)
    },
    abandoned(gaveUp, how) {
      counterfactual.resume()
      learner.dispatch({ type: 'resume' })
      const { isOver, again } = giveUp(gaveUp.period, how)
      onReport({ type: 'abandoned', ...gaveUp, again, isOver })
      if (isOver) endWithout(gaveUp)
    },
    callerless(gaveUp) {
      onReport({ type: 'abandoned', ...gaveUp, again: false, isOver: true })
      endWithout(gaveUp)
    },
  }
}
