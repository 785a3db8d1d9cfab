import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Examples } from '../../../protocols/training/contract.js'

/** A loop of steps, blocking. */
export interface BareLoop {
  run(steps: number): void
}

/** mlp:128, its weights drawn by tfjs. */
export const mlpOf = (inputs: number, classes: number): tfl.LayersModel =>
  tfl.sequential({
    layers: [
      tfl.layers.dense({ inputShape: [inputs], units: 128, activation: 'relu' }),
      tfl.layers.dense({ units: classes }),
    ],
  })

/**
 * mlp:128 with SGD and momentum as someone who knows tfjs writes it: examples scaled and labels spread out once, tfjs's own loss over logits
 * and its own optimizer, and nothing else in a step. On its WebAssembly backend, with whatever kernels are registered.
 */
export const createBareLoop = async (
  { pixels, labels, shape, classes, count }: Examples,
  { batch }: { readonly batch: number },
): Promise<BareLoop> => {
  await tf.setBackend('wasm')
  const size = shape[0] * shape[1] * shape[2]
  const model = mlpOf(size, classes)
  const optimizer = tf.train.momentum(0.05, 0.9)
  const images = Float32Array.from(pixels, (byte) => byte / 255)
  const wanted = new Float32Array(count * classes)
  labels.forEach((label, i) => (wanted[i * classes + label] = 1))
  let next = 0
  const step = (): void => {
    if (next + batch > count) next = 0
    const rows = [next, (next += batch)] as const
    tf.tidy(() => {
      const x = tf.tensor2d(images.subarray(rows[0] * size, rows[1] * size), [batch, size])
      const y = tf.tensor2d(wanted.subarray(rows[0] * classes, rows[1] * classes), [batch, classes])
      const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(y, model.apply(x) as tf.Tensor2D)
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
