import { runIdOf } from '../../../protocols/run/index.js'
import { createTopology } from '../../../protocols/topology/index.js'
import { loadDataset, parseDataSource } from '../../data/index.js'
import { createTrainer, layoutOf } from '../../trainer/index.js'
import { beforeStart } from '../before-start.js'
import { codecAdvice } from '../codec-advice.js'
import { Interrupted } from '../exit-codes.js'
import { sayFormerResults } from '../former-results.js'
import { claimFolder } from '../folder-claim.js'
import { interruptSignal } from '../interrupt.js'
import { openOutputFolder } from '../output-folder.js'
import { createOutput } from '../output.js'
import { configurationOf } from '../run-configuration.js'
import type { DemoOptions } from './command.js'
import { conduct } from './conduct.js'
import { finish } from './finish.js'
import { assertPeersCanSave } from './peer-folders.js'
import type { Swarm } from './swarm.js'

/** @throws what peers, trainer and files throw; Interrupted. Only what was saved before is left. */
export const demo = async (options: DemoOptions, swarm: Swarm): Promise<void> => {
  const output = createOutput(options)
  const interrupt = interruptSignal()
  const { configuration, layout, dataset } = await beforeStart(() => prepare(options))
  const folder = await beforeStart(() => openOutputFolder(options.out))
  try {
    await beforeStart(async () =>
      claimFolder(await folder.file('demo.pid'), { who: 'a demo', advice: 'choose another --out' }),
    )
    await beforeStart(() => assertPeersCanSave(folder.path, options.peers))
    output.say(
      `Murmuration demo: ${options.peers} peers on ${options.data}, ${configuration.model}, ${configuration.topology}, ` +
        `${configuration.rule}, ${configuration.rounds} rounds of ${configuration.localSteps} steps`,
    )
    const advice = codecAdvice(configuration.codec, layout.length, configuration)
    if (advice !== undefined) output.say(advice)
    await sayFormerResults(output, folder.path, runIdOf(configuration))
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
      const result = await conduct({
        ...options,
        swarm,
        out,
        configuration,
        layout,
        evaluator,
        output,
        interrupt,
      })
      const { statisticsLength } = evaluator
      const told = { configuration, weights: layout.length, statisticsLength }
      await finish({ result, out, output, data: options.data, ...told })
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

/** Everything that can be wrong with what was asked, before any peer or folder is made. */
const prepare = async (options: DemoOptions) => {
  const more = { name: 'demo', minPeers: options.peers }
  const asked = configurationOf(options, more)
  createTopology(asked.topology, asked.seed).check(options.peers)
  layoutOf(asked.model, asked.inputShape, asked.classes)
  const dataset = await loadDataset(parseDataSource(options.data), {
    seed: asked.seed,
    part: { index: 0, of: options.peers, partition: options.partition },
  })
  const { shape, classes } = dataset.test
  const configuration = configurationOf(options, { ...more, inputShape: [...shape], classes })
  return { configuration, dataset, layout: layoutOf(configuration.model, shape, classes) }
}
