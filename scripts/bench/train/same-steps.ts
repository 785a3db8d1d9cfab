import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { createBatchOrder, fillBatch } from '../../../node/trainer/batches.js'
import { createOptimizer } from '../../../node/trainer/optimizer.js'
import { stepKernels } from '../../../node/trainer/tfjs-wasm/step.js'
import { registerWasmKernels } from '../../../node/trainer/wasm-kernels.js'
import { createRandom } from '../../../protocols/random.js'
import type { Examples, OptimizerConfig } from '../../../protocols/training/contract.js'
import { mlpOf, type BareLoop } from './bare-tfjs.js'

/**
 * The steps that our trainer does on tfjs, without the trainer: the same batches, kernels, loss and optimizer in a bare loop. What the trainer
 * takes longer is its thread, its queue, and weights that come and go. Registers our kernels in this thread, where they stay.
 */
export const createSameSteps = async (
  examples: Examples,
  { batch, optimizer: config }: { readonly batch: number; readonly optimizer: OptimizerConfig },
): Promise<BareLoop> => {
  await tf.setBackend('wasm')
  registerWasmKernels()
  const kernels = stepKernels()
  if (!kernels) throw new Error('the kernels of steps are not to be had: run npm run build')
  const size = examples.shape[0] * examples.shape[1] * examples.shape[2]
  const model = mlpOf(size, examples.classes)
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const optimizer = createOptimizer(config, variables)
  const indices = Uint32Array.from({ length: examples.count }, (_, i) => i)
  const order = createBatchOrder({ indices, batch, random: createRandom('bare loop') })
  const into = { pixels: new Float32Array(batch * size), labels: new Uint8Array(batch) }

  const lossOf = tf.customGrad((...inputs) => {
    const [logits, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc]
    const { lossSum, gradient } = kernels.crossEntropy(logits, into.labels)
    save([gradient])
    return { value: tf.scalar(lossSum / batch), gradFunc: (_, saved) => saved[0]!.clone() }
  })
  const step = (): void => {
    fillBatch(examples, order.next(), into)
    tf.tidy(() => {
      const x = tf.tensor2d(into.pixels, [batch, size])
      const { value, grads } = tf.variableGrads(
        () => lossOf(model.apply(x) as tf.Tensor2D) as tf.Scalar,
        variables,
      )
      value.dataSync()
      optimizer.step(variables.map(({ name }) => grads[name]!))
    })
  }
  return {
    run(steps) {
      for (let i = 0; i < steps; i++) step()
    },
  }
}
