import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Evaluation, Examples } from '../../protocols/training/contract.js'
import { startBackend } from './backend.js'
import { fillBatch } from './batches.js'
import { crossEntropyOf } from './cross-entropy.js'
import { estimateStatistics } from './estimate-statistics.js'
import { buildModel, variablesOf } from './layers-model.js'
import { parseModel } from './models.js'
import { logitsOf } from './norm-layer.js'
import { planModel, statisticsLengthOf } from './plan.js'
import { assertRunning, type StartBench, type Stopped } from './session.js'
import { loadWeights } from './tensors.js'
import { createTfjsSession } from './tfjs-session.js'

/** Examples per forward pass of an evaluation. Guess: larger ones gain nothing on one core and take more memory. */
const EVALUATION_BATCH = 256

/**
 * TensorFlow.js. One model serves all sessions of the thread: every call loads its weights first. tfjs is one engine
 * per thread, so `diagnostics` counts the tensors of everyone who uses it in this thread.
 */
export const startTfjsBench: StartBench = async (setup, layout) => {
  const { train, test, optimizer, batch } = setup
  const choice = setup.backend === 'compiled' ? 'wasm' : setup.backend
  const backend = await startBackend({ choice, tensorflowBarred: setup.tensorflowBarred })
  const model = buildModel(planModel(parseModel(setup.model), train.shape, train.classes), train.shape)
  const variables = variablesOf(model, layout)
  const statisticsLength = statisticsLengthOf(setup.model, train.shape, train.classes)
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
    dispose: () => void model.dispose(),
  }
}

const evaluateModel = ({
  model,
  statistics,
  test,
  stopped,
}: {
  readonly model: LayersModel
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
