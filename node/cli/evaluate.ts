import { loadDataset, parseDataSource } from '../data/index.js'
import { loadModel } from '../store/index.js'
import { createTrainer, layoutOf, statisticsLengthOf } from '../trainer/index.js'
import { PeerError } from '../peer.js'
import { beforeStart } from './before-start.js'
import type { EvalOptions } from './evaluate-command.js'
import { Interrupted } from './exit-codes.js'
import { interruptSignal } from './interrupt.js'
import { percent } from '../units.js'
import { createOutput } from './output.js'

export const evaluate = async (path: string, options: EvalOptions): Promise<void> => {
  const output = createOutput(options)
  const interrupt = interruptSignal()
  const source = await beforeStart(() => parseDataSource(options.data))
  const saved = await beforeStart(() => loadModel(path), 'the model')
  const { weights, statistics, metadata } = saved
  const { model, inputShape, classes } = metadata
  const layout = await beforeStart(() => layoutOf(model, inputShape, classes))
  const statisticsLength = statisticsLengthOf(model, inputShape, classes)
  // Reads the file once more only to refuse it with the message for a model that is not what it says, or lacks something.
  if (layout.fingerprint !== saved.layout.fingerprint || (statistics?.length ?? 0) !== statisticsLength) {
    await loadModel(path, { layout, statisticsLength })
  }
  const { test } = await loadDataset(source, { seed: options.seed })
  if (test.shape.join() !== metadata.inputShape.join() || test.classes !== metadata.classes) {
    throw new PeerError(
      'FOREIGN_EXAMPLES',
      `${path} takes examples of ${metadata.inputShape.join('×')} in ${metadata.classes} classes, ` +
        `${options.data} has ${test.shape.join('×')} in ${test.classes}. Nothing was evaluated; choose other data.`,
    )
  }
  output.progress(`evaluating ${test.count} examples …`)
  const stopped = (error: unknown): unknown =>
    interrupt.aborted ? new Interrupted('stopped before the model was evaluated') : error
  const trainer = await createTrainer({
    signal: interrupt,
    model: metadata.model,
    train: test,
    test,
    optimizer: { kind: 'sgd', learningRate: 1, momentum: 0 },
    batch: 1,
    seed: options.seed,
    ...(options.backend ? { backend: options.backend } : {}),
  }).catch((error: unknown) => {
    output.endProgress()
    throw stopped(error)
  })
  try {
    const { accuracy, loss, examples } = await trainer.evaluate(weights, statistics)
    output.endProgress()
    output.say(`digest ${metadata.digest}, the models of ${metadata.peers} peers`)
    output.say(
      `${path} on ${options.data}: accuracy ${percent(accuracy)}, loss ${loss.toFixed(4)} on ${examples} examples`,
    )
    output.emit({ type: 'result', accuracy, loss, examples })
  } catch (error) {
    throw stopped(error)
  } finally {
    output.endProgress()
    await trainer.close()
  }
}
