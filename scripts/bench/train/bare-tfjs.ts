import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Examples } from '../../../protocols/training/contract.js'
import { registerWasmKernels } from '../../../node/trainer/wasm-kernels.js'

/** A loop of tfjs alone, as its guide writes one, over the same model, batches of the same size and the same optimizer. */
export interface BareLoop {
  run(steps: number): void
}

/**
 * mlp:128 with SGD and momentum on tfjs's WebAssembly backend.
 * @param kernels as tfjs ships it, or with the kernels that our trainer registers; those stay for the whole process.
 */
export const createBareLoop = async (
  { pixels, labels, shape, classes, count }: Examples,
  { batch, kernels }: { readonly batch: number; readonly kernels: 'stock' | 'ours' },
): Promise<BareLoop> => {
  await tf.setBackend('wasm')
  if (kernels === 'ours') registerWasmKernels()
  const size = shape[0] * shape[1] * shape[2]
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ inputShape: [size], units: 128, activation: 'relu' }),
      tfl.layers.dense({ units: classes }),
    ],
  })
  const optimizer = tf.train.momentum(0.05, 0.9)
  let next = 0
  const step = (): void => {
    const inputs = new Float32Array(batch * size)
    const wanted = new Int32Array(batch)
    for (let i = 0; i < batch; i++, next = (next + 1) % count) {
      wanted[i] = labels[next]!
      for (let p = 0; p < size; p++) inputs[i * size + p] = pixels[next * size + p]! / 255
    }
    tf.tidy(() => {
      const x = tf.tensor2d(inputs, [batch, size])
      const y = tf.oneHot(tf.tensor1d(wanted, 'int32'), classes)
      const loss = (): tf.Scalar =>
        tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(model.apply(x) as tf.Tensor2D), y), -1)))
      // Read, as every trainer reads its loss.
      optimizer.minimize(loss, true)!.dataSync()
    })
  }
  return {
    run(steps) {
      for (let i = 0; i < steps; i++) step()
    },
  }
}
