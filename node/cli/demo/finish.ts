import { AUTO } from '../../../protocols/codecs/index.js'
import { runIdOf, type RunConfiguration } from '../../../protocols/run/index.js'
import { percent, size } from '../../units.js'
import { describeChoice, describeCodecs, modelsByCodec } from '../codec-traffic.js'
import { clearOtherRuns, sayLeftResults } from '../former-results.js'
import { neverMixed } from '../never-mixed.js'
import { sayNextSteps } from '../next-steps.js'
import type { Output } from '../output.js'
import { pathsOf } from '../save-result.js'
import { keepCopy } from './keep-copy.js'
import { sayLeftFolders } from './peer-folders.js'
import type { SwarmResult } from './seats.js'

export interface FinishedDemo {
  readonly result: SwarmResult
  /** The demo's folder. */
  readonly out: string
  readonly output: Output
  readonly data: string
  readonly configuration: RunConfiguration
  /** Numbers of one model, each 4 bytes, and of its statistics. */
  readonly weights: number
  readonly statisticsLength: number
}

/**
 * Saves the merged model beside the peers' folders, in the place of what other runs left there, and says how good it is
 * and how to use it.
 * @throws StoreError
 */
export const finish = async (demo: FinishedDemo): Promise<void> => {
  const { result, output, data, configuration, weights, statisticsLength } = demo
  const files = await keepCopy(result.saved, demo.out)
  const { saved: _saved, folders, missing, ...figures } = result
  const models = modelsByCodec(figures.codecs, weights * Float32Array.BYTES_PER_ELEMENT)
  output.say()
  sayFigures(result, output)
  if (configuration.codec === AUTO) output.say(describeChoice(models))
  const { peers: members, modelsMixed: mixed } = figures
  const advice = neverMixed(configuration, { members, mixed, setting: '--rounds' })
  if (advice !== undefined) output.say(advice)
  output.say()
  output.say(`The merged model: ${files.model}`)
  const runId = runIdOf(configuration)
  await clearOtherRuns(output, [demo.out, ...folders], runId)
  await sayLeftResults(output, demo.out, { runId, saved: pathsOf(files) })
  await sayLeftFolders(output, demo.out, folders)
  const hasStatistics = statisticsLength > 0
  const { method } = configuration.finalMerge
  sayNextSteps(output, { saved: files, data, runId, method, hasStatistics })
  output.emit({ type: 'result', runId, ...figures, modelsByCodec: models, missing, ...files })
}

const sayFigures = (figures: SwarmResult, output: Output): void => {
  const { missing } = figures
  output.say(
    `local accuracy before the merge  mean ${percent(figures.localAccuracyMean)}, min ${percent(figures.localAccuracyMin)}`,
  )
  output.say(`merged accuracy                  ${percent(figures.mergedAccuracy)}`)
  output.say(
    `merged ${figures.peersMerged} of ${figures.peers} peers, ` +
      (figures.digestsEqual ? 'one digest on all of them' : 'NOT one digest on all of them') +
      ` (${figures.digest.slice(0, 16)}…)` +
      (missing.length === 0 ? '' : `; without ${missing.join(', ')}`),
  )
  output.say(
    `sent per peer ${size(figures.bytesSentPerPeer)}${describeCodecs(figures.codecs)}, ${figures.seconds.toFixed(1)} s in all`,
  )
}
