import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runIdOf } from '../../../protocols/run/index.js'
import { createTopology } from '../../../protocols/topology/index.js'
import { loadDataset, parseDataSource } from '../../data/index.js'
import { atomicWrite, removeFiles, StoreError } from '../../store/index.js'
import { createTrainer, layoutOf } from '../../trainer/index.js'
import { beforeStart } from '../before-start.js'
import { checkCodec } from '../codec-option.js'
import { describeCodecs } from '../codec-traffic.js'
import { Interrupted } from '../exit-codes.js'
import { interruptSignal } from '../interrupt.js'
import { openOutputFolder } from '../output-folder.js'
import { percent, size } from '../../units.js'
import { sayNextSteps } from '../next-steps.js'
import { createOutput, type Output } from '../output.js'
import { configurationOf } from '../run-configuration.js'
import { CERTIFICATE, STATISTICS_CERTIFICATE } from '../save-result.js'
import type { DemoOptions } from './command.js'
import { conduct } from './conduct.js'
import type { SwarmResult } from './seats.js'

/** @throws what peers, trainer and files throw; Interrupted. Only what was saved before is left. */
export const demo = async (options: DemoOptions): Promise<void> => {
  const output = createOutput(options)
  const interrupt = interruptSignal()
  const { configuration, layout, dataset } = await beforeStart(() => prepare(options))
  const folder = await beforeStart(() => openOutputFolder(options.out))
  try {
    output.say(
      `Murmuration demo: ${options.peers} peers on ${options.data}, ${configuration.model}, ${configuration.topology}, ` +
        `${configuration.rule}, ${configuration.rounds} rounds of ${configuration.localSteps} steps`,
    )
    output.progress('starting the peers …')
    // Only evaluates; the peers train. Statistics of normalisation layers come from training examples.
    const evaluator = await createTrainer({
      model: configuration.model,
      train: dataset.train,
      test: dataset.test,
      optimizer: configuration.optimizer,
      batch: configuration.batch,
      seed: configuration.seed,
      signal: interrupt,
      ...(options.backend ? { backend: options.backend } : {}),
    })
    try {
      const out = folder.path
      const result = await conduct({ ...options, out, configuration, layout, evaluator, output, interrupt })
      const run = { runId: runIdOf(configuration), statisticsLength: evaluator.statisticsLength }
      await finish({ result, out, output, data: options.data, run })
    } finally {
      await evaluator.close()
    }
  } catch (error) {
    await folder.giveUp()
    throw interrupt.aborted && !(error instanceof Interrupted)
      ? new Interrupted('the demo was stopped before its peers were started')
      : error
  } finally {
    output.endProgress()
  }
}

/** Everything that can be wrong with what was asked, before any process is started or folder made. */
const prepare = async (options: DemoOptions) => {
  const more = { name: 'demo', minPeers: options.peers }
  const asked = configurationOf(options, more)
  createTopology(asked.topology, asked.seed).check(options.peers)
  layoutOf(asked.model, asked.inputShape, asked.classes)
  checkCodec(asked.codec)
  const dataset = await loadDataset(parseDataSource(options.data), {
    seed: asked.seed,
    part: { index: 0, of: options.peers, partition: options.partition },
  })
  const { shape, classes } = dataset.test
  const configuration = configurationOf(options, { ...more, inputShape: [...shape], classes })
  return { configuration, dataset, layout: layoutOf(configuration.model, shape, classes) }
}

/** Saves the merged model beside the peers' folders and says how to use it. */
const finish = async ({
  result,
  out,
  output,
  data,
  run,
}: {
  readonly result: SwarmResult
  readonly out: string
  readonly output: Output
  readonly data: string
  readonly run: { readonly runId: string; readonly statisticsLength: number }
}): Promise<void> => {
  const path = join(out, 'model.safetensors')
  const certificate = join(out, CERTIFICATE)
  const statisticsCertificate = join(out, STATISTICS_CERTIFICATE)
  const { saved } = result
  try {
    // Of an earlier demo: they would not fit.
    await removeFiles([certificate, statisticsCertificate])
    await atomicWrite(path, await readFile(saved.model))
    if (saved.certificate) await atomicWrite(certificate, await readFile(saved.certificate))
    if (saved.statisticsCertificate)
      await atomicWrite(statisticsCertificate, await readFile(saved.statisticsCertificate))
  } catch (error) {
    if (error instanceof StoreError) error.message += ` The merged model is whole in ${saved.model}.`
    throw error
  }
  const { saved: _saved, missing, ...figures } = result
  output.say()
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
  output.say()
  output.say(`The merged model: ${path}`)
  const files = {
    model: path,
    certificate: saved.certificate && certificate,
    statisticsCertificate: saved.statisticsCertificate && statisticsCertificate,
  }
  const { runId, statisticsLength } = run
  sayNextSteps(output, { saved: files, data, runId, hasStatistics: statisticsLength > 0 })
  output.emit({ type: 'result', ...figures, missing, ...files })
}
