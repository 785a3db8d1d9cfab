import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { assertFits, firstNonFinite, tensorOf, type Layout } from '../../protocols/model/index.js'
import type {
  Evaluation,
  Examples,
  OptimizerConfig,
  TrainOutcome,
} from '../../protocols/training/contract.js'
import { createRandom } from '../../protocols/random.js'
import { createBatchOrder, fillBatch } from './batches.js'
import { crossEntropyOf } from './cross-entropy.js'
import { TrainerError } from './errors.js'
import { variablesOf } from './layers-model.js'
import { createOptimizer } from './optimizer.js'
import { sharedFloats } from './shared-memory.js'

/** Examples per forward pass of an evaluation. Guess: larger ones gain nothing on one core and take more memory. */
const EVALUATION_BATCH = 256

export interface SessionSetup {
  /** A model whose one input is a batch of images and whose one output is a row of logits per image. Owned by the session. */
  readonly model: LayersModel
  readonly layout: Layout
  readonly train: Examples
  readonly test: Examples
  readonly optimizer: OptimizerConfig
  /** Examples per optimizer step. */
  readonly batch: number
  /** Decides the order of the minibatches. */
  readonly seed: number
  /** Asked before every step and every batch of an evaluation; true ends the call with CLOSED. */
  readonly stopped: () => boolean
}

/** One model, its optimizer and its data on tfjs, in the thread that called. Every call blocks that thread. */
export interface Session {
  /** @throws TrainerError DIVERGED, CLOSED; ModelError LENGTH_MISMATCH */
  train(request: { readonly weights: Float32Array; readonly steps: number }): TrainOutcome
  /** @throws TrainerError CLOSED; ModelError LENGTH_MISMATCH */
  evaluate(weights: Float32Array): Evaluation
  dispose(): void
}

/** @throws TrainerError BAD_MODEL when the model is not what the layout says. */
export const createSession = (setup: SessionSetup): Session => {
  const { model, layout, train, test, batch, seed, stopped } = setup
  const variables = variablesOf(model, layout)
  const optimizer = createOptimizer(setup.optimizer, variables)
  const order = createBatchOrder({ count: train.count, batch, random: createRandom(seed, 'batches') })
  const pixelsPerExample = train.shape[0] * train.shape[1] * train.shape[2]
  const into = { pixels: new Float32Array(batch * pixelsPerExample), labels: new Uint8Array(batch) }

  const load = (weights: Float32Array): void => {
    assertFits(weights, layout)
    tf.tidy(() =>
      variables.forEach((variable, i) => {
        // A copy off the shared memory: native TensorFlow reads the values later, and not from shared memory.
        const values = tensorOf(weights, layout.entries[i]!).slice()
        variable.assign(tf.tensor(values, variable.shape))
      }),
    )
  }

  const save = (): Float32Array => {
    const weights = sharedFloats(layout.length)
    variables.forEach((variable, i) =>
      tensorOf(weights, layout.entries[i]!).set(variable.dataSync<'float32'>()),
    )
    return weights
  }

  /** One forward and backward pass and one update. Returns the batch's mean loss. */
  const step = (): number => {
    fillBatch(train, order.next(), into)
    return tf.tidy(() => {
      const images = tf.tensor(into.pixels, [batch, ...train.shape])
      let loss = 0
      const { grads } = tf.variableGrads(() => {
        const logits = model.apply(images, { training: true }) as tf.Tensor2D
        const { mean, lossOf } = meanCrossEntropy(logits, into.labels)
        loss = lossOf
        return mean as tf.Scalar
      }, [...variables])
      // A step that would poison the optimizer's state is not taken.
      if (Number.isFinite(loss)) optimizer.step(variables.map(({ name }) => grads[name]!))
      return loss
    })
  }

  const assertFinite = (loss: number, weights: Float32Array | undefined, stepIndex: number): void => {
    if (Number.isFinite(loss) && (weights === undefined || firstNonFinite(weights) < 0)) return
    optimizer.reset()
    const { kind, learningRate } = setup.optimizer
    throw new TrainerError(
      'DIVERGED',
      `training diverged at step ${stepIndex + 1} of this call (loss ${loss}); the last good weights are untouched ` +
        `and the optimizer's state was reset. Lower the learning rate (now ${kind} with ${learningRate})`,
      { step: stepIndex + 1, loss, learningRate },
    )
  }

  return {
    train({ weights, steps }) {
      const startedMs = performance.now()
      load(weights)
      let sum = 0
      for (let i = 0; i < steps; i++) {
        assertRunning(stopped)
        const loss = step()
        assertFinite(loss, undefined, i)
        sum += loss
      }
      const trained = save()
      assertFinite(sum, trained, steps - 1)
      return {
        weights: trained,
        loss: sum / steps,
        samples: steps * batch,
        elapsedMs: performance.now() - startedMs,
      }
    },

    evaluate(weights) {
      load(weights)
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
          return (model.apply(images, { training: false }) as tf.Tensor).dataSync<'float32'>()
        })
        const outcome = crossEntropyOf({ logits, labels, classes: test.classes })
        lossSum += outcome.lossSum
        correct += outcome.correct
      }
      const examples = test.count
      return examples === 0
        ? { accuracy: 0, loss: 0, examples }
        : { accuracy: correct / examples, loss: lossSum / examples, examples }
    },

    dispose() {
      optimizer.dispose()
      model.dispose()
    },
  }
}

const assertRunning = (stopped: () => boolean): void => {
  if (stopped())
    throw new TrainerError('CLOSED', 'the trainer was closed; the call was given up, no weights changed')
}

/** The mean loss of a batch as a tensor that tfjs can differentiate, and as a number. */
const meanCrossEntropy = (logits: tf.Tensor2D, labels: Uint8Array): { mean: tf.Tensor; lossOf: number } => {
  const classes = logits.shape[1]
  let lossOf = 0
  const operation = tf.customGrad((...inputs) => {
    const values = (inputs[0] as tf.Tensor2D).dataSync<'float32'>()
    const gradient = new Float32Array(values.length)
    lossOf = crossEntropyOf({ logits: values, labels, classes, gradient }).lossSum / labels.length
    return {
      value: tf.scalar(lossOf),
      gradFunc: (dy: tf.Tensor) => tf.mul(tf.tensor2d(gradient, logits.shape), dy),
    }
  })
  return { mean: operation(logits), lossOf }
}
