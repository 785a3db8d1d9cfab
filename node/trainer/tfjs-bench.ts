import * as tf from '@tensorflow/tfjs-core'
import type { Layout } from '../../protocols/model/index.js'
import type { Evaluation, Examples } from '../../protocols/training/contract.js'
import type { ActiveBackend } from './backend-choice.js'
import { startBackend } from './backend.js'
import { fillBatch } from './batches.js'
import { crossEntropyOf } from './cross-entropy.js'
import { estimateStatistics } from './estimate-statistics.js'
import { buildModel, variablesOf } from './layers-model.js'
import type { ThreadSetup } from './messages.js'
import { parseModel } from './models.js'
import { logitsOf, type ForwardModel } from './norm-layer.js'
import { planModel, statisticsLengthOf } from './plan.js'
import { assertRunning, type Bench, type StartBench, type Stopped } from './session.js'
import { loadWeights } from './tensors.js'
import { createTfjsSession } from './tfjs-session.js'

/** Examples per forward pass of an evaluation. Guess: larger ones gain nothing on one core and take more memory. */
const EVALUATION_BATCH = 256

/** What a bench on tfjs is made of. */
export interface TfjsBenchSetup extends Pick<ThreadSetup, 'train' | 'test' | 'optimizer' | 'batch'> {
  readonly backend: ActiveBackend
  readonly model: ForwardModel
  /** The model's variables in the order of the layout. */
  readonly variables: readonly tf.Variable[]
  readonly layout: Layout
  /** Elements of the statistics that the model is told to normalise with. */
  readonly statisticsLength: number
  /** Frees the model, if it is the bench's. */
  readonly dispose: () => void
}

/** One of the catalogue's models on TensorFlow.js. */
export const startTfjsBench: StartBench = async (setup, layout) => {
  const { shape, classes } = setup.train
  const choice = setup.backend === 'compiled' ? 'wasm' : setup.backend
  const backend = await startBackend({ choice, tensorflowBarred: setup.tensorflowBarred })
  const model = buildModel(planModel(parseModel(setup.model), shape, classes), shape)
  return openTfjsBench({
    ...setup,
    ...{ backend, model, layout, variables: variablesOf(model, layout) },
    statisticsLength: statisticsLengthOf(setup.model, shape, classes),
    dispose: () => void model.dispose(),
  })
}

/**
 * One model serves all sessions of the thread: every call loads its weights first. tfjs is one engine per thread, so `diagnostics`
 * counts the tensors of everyone who uses it in this thread.
 */
export const openTfjsBench = (setup: TfjsBenchSetup): Bench => {
  const { train, test, optimizer, batch, backend, model, variables, layout, dispose } = setup
  const { statisticsLength } = setup
  const pixelsPerExample = train.shape[0] * train.shape[1] * train.shape[2]
  const into = { pixels: new Float32Array(batch * pixelsPerExample), labels: new Uint8Array(batch) }
  return {
    backend,
    open: (session) =>
      createTfjsSession({ ...session, model, variables, layout, train, optimizer, batch, into }),
    estimateStatistics(weights, of) {
      loadWeights(weights, layout, variables)
      return estimateStatistics({ model, examples: train, of, length: statisticsLength })
    },
    evaluate({ weights, statistics: given }, of) {
      loadWeights(weights, layout, variables)
      const statistics =
        given ?? estimateStatistics({ model, examples: train, of, length: statisticsLength }).values
      return evaluateModel({ model, statistics, test, stopped: of.stopped })
    },
    diagnostics() {
      const { numTensors, numBytes } = tf.memory()
      return { tensors: numTensors, bytes: numBytes }
    },
    dispose,
  }
}

const evaluateModel = ({
  model,
  statistics,
  test,
  stopped,
}: {
  readonly model: ForwardModel
  readonly statistics: Float32Array
  readonly test: Examples
  readonly stopped: Stopped
}): Evaluation => {
  const pixelsPerExample = test.shape[0] * test.shape[1] * test.shape[2]
  let lossSum = 0
  let correct = 0
  for (let start = 0; start < test.count; start += EVALUATION_BATCH) {
    assertRunning(stopped)
    const labels = test.labels.subarray(start, Math.min(start + EVALUATION_BATCH, test.count))
    const indices = Uint32Array.from(labels, (_, i) => start + i)
    const pixels = new Float32Array(labels.length * pixelsPerExample)
    fillBatch(test, indices, { pixels, labels: new Uint8Array(labels.length) })
    const logits = tf.tidy(() => {
      const images = tf.tensor(pixels, [labels.length, ...test.shape])
      return logitsOf(model, images, { kind: 'given', statistics }).dataSync<'float32'>()
    })
    const outcome = crossEntropyOf({ logits, labels, classes: test.classes })
    lossSum += outcome.lossSum
    correct += outcome.correct
  }
  const examples = test.count
  return examples === 0
    ? { accuracy: 0, loss: 0, examples }
    : { accuracy: correct / examples, loss: lossSum / examples, examples }
}
