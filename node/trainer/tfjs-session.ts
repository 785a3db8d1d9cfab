import * as tf from '@tensorflow/tfjs-core'
import { firstNonFinite, type Layout } from '../../protocols/model/index.js'
import type { Examples, OptimizerConfig } from '../../protocols/training/contract.js'
import { createRandom } from '../../protocols/random.js'
import { createBatchOrder, fillBatch } from './batches.js'
import { crossEntropyOf } from './cross-entropy.js'
import { divergedError } from './errors.js'
import { logitsOf, type ForwardModel } from './norm-layer.js'
import { createOptimizer } from './optimizer.js'
import { assertRunning, type Session, type SessionSetup } from './session.js'
import { loadWeights, saveWeights } from './tensors.js'
import { stepKernels, type StepKernels } from './tfjs-wasm/step.js'

export interface TfjsSessionSetup extends SessionSetup {
  /** A model whose one input is a batch of images and whose one output is a row of logits per image. Borrowed. */
  readonly model: ForwardModel
  /** The model's variables in the order of the layout. */
  readonly variables: readonly tf.Variable[]
  readonly layout: Layout
  readonly train: Examples
  readonly optimizer: OptimizerConfig
  /** Examples per optimizer step. */
  readonly batch: number
  /** Room for one minibatch; its content matters during a step only. */
  readonly into: { readonly pixels: Float32Array; readonly labels: Uint8Array }
}

export const createTfjsSession = (setup: TfjsSessionSetup): Session => {
  const { model, variables, layout, train, part, batch, seed, stopped, into } = setup
  const optimizer = createOptimizer(setup.optimizer, variables)
  const kernels = stepKernels()
  const startOrder = () => createBatchOrder({ indices: part, batch, random: createRandom(seed, 'batches') })
  let order = startOrder()

  /** One forward and backward pass and one update. Returns the batch's mean loss. */
  const step = (): number => {
    fillBatch(train, order.next(), into)
    return tf.tidy(() => {
      const images = tf.tensor(into.pixels, [batch, ...train.shape])
      let loss = 0
      const { grads } = tf.variableGrads(() => {
        const logits = logitsOf(model, images, { kind: 'batch' })
        const { mean, lossOf } = meanCrossEntropy(logits, into.labels, kernels)
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
    throw divergedError({ step: stepIndex + 1, loss, optimizer: setup.optimizer })
  }

  return {
    train({ weights, steps, into: trained }) {
      const startedMs = performance.now()
      loadWeights(weights, layout, variables)
      let sum = 0
      for (let i = 0; i < steps; i++) {
        assertRunning(stopped)
        const loss = step()
        assertFinite(loss, undefined, i)
        sum += loss
      }
      saveWeights(trained, layout, variables)
      assertFinite(sum, trained, steps - 1)
      return {
        loss: sum / steps,
        samples: steps * batch,
        elapsedMs: performance.now() - startedMs,
      }
    },

    reset() {
      optimizer.reset()
      order = startOrder()
    },

    dispose: () => optimizer.dispose(),
  }
}

/** The mean loss of a batch as a tensor that tfjs can differentiate, and as a number. Nothing may be computed from the tensor. */
const meanCrossEntropy = (
  logits: tf.Tensor2D,
  labels: Uint8Array,
  kernels: StepKernels | undefined,
): { mean: tf.Tensor; lossOf: number } => {
  let lossOf = 0
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc]
    const { lossSum, gradient } = (kernels?.crossEntropy ?? crossEntropyInPlainCode)(x, labels)
    lossOf = lossSum / labels.length
    save([gradient])
    return { value: tf.scalar(lossOf), gradFunc: (_, saved) => saved[0]!.clone() }
  })
  return { mean: operation(logits), lossOf }
}

const crossEntropyInPlainCode: StepKernels['crossEntropy'] = (logits, labels) => {
  const values = logits.dataSync<'float32'>()
  const gradient = new Float32Array(values.length)
  const { lossSum } = crossEntropyOf({ logits: values, labels, classes: logits.shape[1], gradient })
  return { lossSum, gradient: tf.tensor2d(gradient, logits.shape) }
}
