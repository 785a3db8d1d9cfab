import { reasonOf } from '../../protocols/errors.js'
import { runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import type { MergedModel } from '../peer.js'
import { clearOtherRuns } from './former-results.js'
import type { Output } from './output.js'
import { savePeriod, type SavedMerge } from './save-result.js'

/** The merged model of a period, kept. */
export interface KeptPeriod extends SavedMerge {
  /** Counted from 1. */
  readonly period: number
}

/**
 * Keeps the merged models of the periods before the last: one model a period, with its certificates. Those of other runs
 * go once the first is saved.
 */
export interface PeriodModels {
  /** Saves one after the other, while training goes on. The model is borrowed until `settled` resolves. */
  keep(period: number, merged: MergedModel): void
  /** Resolves with those that were saved, once none is being saved any more. Never rejects. */
  settled(): Promise<readonly KeptPeriod[]>
}

export const createPeriodModels = (
  folder: string,
  { configuration, output }: { readonly configuration: RunConfiguration; readonly output: Output },
): PeriodModels => {
  const kept: KeptPeriod[] = []
  let isCleared = false
  let saving: Promise<void> = Promise.resolve()

  const save = async (period: number, merged: MergedModel): Promise<void> => {
    try {
      const saved = await savePeriod(folder, { configuration, merged, period })
      kept.push({ period, ...saved })
      output.say(`The merged model of period ${period}: ${saved.model}`)
      output.emit({ type: 'kept', period, ...saved })
    } catch (error) {
      // The run needs no file to go on, and its end is saved all the same.
      output.say(
        `The merged model of period ${period} was not kept, and training goes on: ${reasonOf(error)}`,
      )
      return
    }
    // Only once a model of this run is safe.
    isCleared ||= await clearOtherRuns(output, [folder], runIdOf(configuration))
  }

  return {
    keep(period, merged) {
      saving = saving.then(() => save(period, merged))
    },
    settled: () => saving.then(() => kept),
  }
}
