import { join } from 'node:path'
import { reasonOf } from '../../protocols/errors.js'
import { runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { describeSnapshot } from '../network/index.js'
import type { Peer, PeerResult } from '../peer.js'
import { mergedModels, percent } from '../units.js'
import { weightsRatio } from './codec-traffic.js'
import { clearOtherRuns, sayLeftResults } from './former-results.js'
import { sayNextSteps } from './next-steps.js'
import type { Output } from './output.js'
import type { KeptPeriod } from './period-models.js'
import { LOCAL } from './result-files.js'
import { saveRunModel } from './save-model.js'
import { pathsOf, saveResult } from './save-result.js'

/** Saves what a run ended with, and says how good it is and how to use it. @throws StoreError */
export const endMerged = async ({
  result,
  configuration,
  out,
  output,
  data,
  periods,
}: {
  readonly result: PeerResult
  readonly configuration: RunConfiguration
  readonly out: string
  readonly output: Output
  readonly data: string
  /** The merges before the last. */
  readonly periods: readonly KeptPeriod[]
}): Promise<void> => {
  const saved = await saveResult(out, { configuration, result })
  const {
    weights: _weights,
    statistics: _statistics,
    certificate: _c,
    statisticsCertificate: _s,
    tuned,
    ...figures
  } = result
  output.endProgress()
  output.say(
    `${mergedModels(result.roster.length)} (digest ${result.digest.slice(0, 16)}…): accuracy ${percent(result.localAccuracy)} before, ` +
      `${percent(result.mergedAccuracy)} after` +
      (result.error === null ? '' : `; average reached to ${result.error.toExponential(0)}`) +
      (result.missing.length === 0 ? '' : `; without ${result.missing.join(', ')}`),
  )
  output.say(`The merged model: ${saved.model}`)
  if (tuned && saved.tuned) {
    output.say(`Tuned to the data here (accuracy ${percent(tuned.accuracy)}): ${saved.tuned}`)
  }
  const runId = runIdOf(configuration)
  await clearOtherRuns(output, [out], runId)
  await sayLeftResults(output, out, { runId, saved: [saved, ...periods].flatMap(pathsOf) })
  const hasStatistics = result.statistics !== null
  const { method } = configuration.finalMerge
  sayNextSteps(output, { saved, data, runId, method, hasStatistics })
  output.emit({
    type: 'result',
    runId,
    ...figures,
    weightsRatio: weightsRatio(figures.codecs),
    tunedAccuracy: tuned?.accuracy ?? null,
    ...saved,
    periodModels: periods,
  })
}

/** Keeps what this peer has learned when the run does not end in a merge. Never throws. */
export const endWithout = async ({
  peer,
  configuration,
  out,
  output,
  periods,
}: {
  readonly peer: Peer
  readonly configuration: RunConfiguration
  readonly out: string
  readonly output: Output
  readonly periods: readonly KeptPeriod[]
}): Promise<void> => {
  const last = periods.at(-1)
  if (last) output.say(`The last merged model is that of period ${last.period}: ${last.model}`)
  const { weights } = peer
  if (!weights) return
  const path = join(out, LOCAL)
  const runId = runIdOf(configuration)
  const what = `local model of run ${runId.slice(0, 8)}`
  const saved = periods.flatMap(pathsOf)
  try {
    const { digest } = await describeSnapshot(weights)
    await saveRunModel(path, { configuration, weights, digest, peers: 1 })
    output.say(`The ${what} was kept: ${path}`)
    saved.push(path)
  } catch (error) {
    // What ended the run comes first: it is reported after this.
    output.say(`The ${what} is lost: ${reasonOf(error)}`)
  }
  await sayLeftResults(output, out, { runId, saved })
}
