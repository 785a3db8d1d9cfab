import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { crossEntropyOf } from '../../node/trainer/cross-entropy.js'
import { createOptimizer } from '../../node/trainer/optimizer.js'
import { stepKernels } from '../../node/trainer/tfjs-wasm/step.js'
import { registerWasmKernels } from '../../node/trainer/wasm-kernels.js'
import type { OptimizerConfig } from '../../protocols/training/contract.js'
import { noise } from './kernels-agree.js'

before(async () => {
  assert.ok(await tf.setBackend('wasm'))
  assert.equal(registerWasmKernels(), undefined)
})

/** Weights of several lengths after each of three steps, on one backend. Nothing may be left behind. */
const trained = async (backend: string, config: OptimizerConfig): Promise<number[][]> => {
  assert.ok(await tf.setBackend(backend))
  const before = tf.memory().numTensors
  const weights = [[1], [7, 3], [4, 4]].map((shape) => tf.tidy(() => tf.variable(noise(shape, 'weights'))))
  const optimizer = createOptimizer(config, weights)
  const trace: number[][] = []
  for (let step = 0; step < 3; step++) {
    tf.tidy(() => optimizer.step(weights.map(({ shape }) => noise(shape, `gradient ${step}`))))
    trace.push(weights.flatMap((variable) => [...variable.dataSync()]))
  }
  optimizer.dispose()
  tf.dispose(weights)
  assert.equal(tf.memory().numTensors, before)
  return trace
}

describe('the optimizers on the heap of tfjs', () => {
  for (const config of [
    { kind: 'sgd', learningRate: 0.1, momentum: 0 },
    { kind: 'sgd', learningRate: 0.1, momentum: 0.9 },
    { kind: 'adamw', learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3, weightDecay: 0 },
    { kind: 'adamw', learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
  ] as const) {
    it(`do what those of tensor operations do: ${JSON.stringify(config)}`, async () => {
      const expected = await trained('cpu', config)
      const actual = await trained('wasm', config)
      expected.forEach((row, step) =>
        row.forEach((value, i) =>
          assert.ok(
            Math.abs(actual[step]![i]! - value) <= 1e-6,
            `${step}, ${i}: ${actual[step]![i]} for ${value}`,
          ),
        ),
      )
    })
  }
  it('leave no kernel of tfjs with weights of before', async () => {
    assert.ok(await tf.setBackend('wasm'))
    const filter = tf.tidy(() => tf.variable(noise([2, 2, 1, 3], 'filter')))
    const x = noise([1, 5, 5, 1], 'x') as tf.Tensor4D
    const optimizer = createOptimizer({ kind: 'sgd', learningRate: 1, momentum: 0 }, [filter])
    // tfjs packs a dilated filter once per tensor.
    const sum = (): number => tf.tidy(() => dilated(x, filter as unknown as tf.Tensor4D))
    assert.ok(sum() !== 0)
    tf.tidy(() => optimizer.step([filter.clone()])) // w − 1·w
    assert.equal(sum(), 0)
    optimizer.dispose()
    tf.dispose([filter, x])
  })
})

const dilated = (x: tf.Tensor4D, filter: tf.Tensor4D): number =>
  tf.sum(tf.square(tf.conv2d(x, filter, 1, 'valid', 'NHWC', 2))).dataSync()[0]!

describe('softmax and cross-entropy on the heap of tfjs', () => {
  for (const [rows, classes] of [
    [1, 2],
    [5, 10],
    [3, 7],
    [2, 256],
  ] as const) {
    it(`agree with the plain code for ${rows} rows of ${classes}, logits to ±40`, async () => {
      assert.ok(await tf.setBackend('wasm'))
      const logits = tf.tidy(() => tf.mul<tf.Tensor2D>(noise([rows, classes], 'logits'), 40))
      const labels = Uint8Array.from({ length: rows }, (_, row) => (row * 3 + 1) % classes)
      const { lossSum, gradient } = stepKernels()!.crossEntropy(logits, labels)
      const values = gradient.dataSync<'float32'>()
      const expected = new Float32Array(values.length)
      const plain = crossEntropyOf({
        logits: logits.dataSync<'float32'>(),
        labels,
        classes,
        gradient: expected,
      })
      tf.dispose([logits, gradient])
      assert.ok(Math.abs(lossSum - plain.lossSum) <= 1e-6 * plain.lossSum, `${lossSum}, ${plain.lossSum}`)
      expected.forEach((value, i) =>
        assert.ok(Math.abs(values[i]! - value) <= 1e-6, `${i}: ${values[i]} for ${value}`),
      )
    })
  }
  it('say that the loss of a logit that is no number is none', async () => {
    assert.ok(await tf.setBackend('wasm'))
    const logits = tf.tensor2d([1, NaN, 2], [1, 3])
    const { lossSum, gradient } = stepKernels()!.crossEntropy(logits, Uint8Array.of(0))
    tf.dispose([logits, gradient])
    assert.ok(!Number.isFinite(lossSum))
  })
  it('are not to be had on another backend', async () => {
    assert.ok(await tf.setBackend('cpu'))
    assert.equal(stepKernels(), undefined)
  })
})
