import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { createOptimizer } from '../../node/trainer/optimizer.js'
import type { OptimizerConfig } from '../../protocols/training/contract.js'

before(async () => {
  await tf.setBackend('cpu')
})

/** The weights [1, −2] after each of the gradients. */
const run = (config: OptimizerConfig, gradients: readonly (readonly number[])[]): number[][] => {
  const weights = tf.variable(tf.tensor1d([1, -2]))
  const optimizer = createOptimizer(config, [weights])
  const trace = gradients.map((gradient) => {
    tf.tidy(() => optimizer.step([tf.tensor1d([...gradient])]))
    return [...weights.dataSync()]
  })
  optimizer.dispose()
  weights.dispose()
  return trace
}

const near = (actual: number[][], expected: number[][]): void =>
  expected.forEach((row, i) =>
    row.forEach((value, j) => assert.ok(Math.abs(actual[i]![j]! - value) < 2e-6, `${actual.join(' | ')}`)),
  )

describe('gradient descent', () => {
  it('accumulates momentum from step to step', () => {
    const trace = run({ kind: 'sgd', learningRate: 0.1, momentum: 0.9 }, [
      [0.5, 0.25],
      [-1, 0],
    ])
    near(trace, [
      [0.95, -2.025], // v = (0.5, 0.25); w − 0.1·v
      [1.005, -2.0475], // v = 0.9·(0.5, 0.25) + (−1, 0) = (−0.55, 0.225)
    ])
  })
  it('takes the plain gradient without momentum', () => {
    const trace = run({ kind: 'sgd', learningRate: 0.1, momentum: 0 }, [
      [0.5, 0.25],
      [-1, 0],
    ])
    near(trace, [
      [0.95, -2.025],
      [1.05, -2.025],
    ])
  })
})

describe('AdamW', () => {
  // An epsilon and a decay large enough to show where they enter.
  const config: OptimizerConfig = {
    kind: 'adamw',
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 0.1,
    weightDecay: 0.5,
  }
  const gradients = [
    [0.5, -0.25],
    [1, 0],
  ]
  it('corrects the bias of both moments and decays the weights apart from the gradient', () => {
    near(run(config, gradients), [
      // Step 1: m̂ = g, v̂ = g². w·(1 − 0.1·0.5) − 0.1·g/(|g| + 0.1)
      //   0.95 − 0.1·0.5/0.6 and −1.9 + 0.1·0.25/0.35
      [0.8666667, -1.8285714],
      // Step 2: m = (0.9·0.05 + 0.1·1, 0.9·(−0.025)) = (0.145, −0.0225), m̂ = m/0.19 = (0.7631579, −0.1184211)
      //   v = (0.99·0.0025 + 0.01·1, 0.99·0.000625) = (0.012475, 0.00061875), v̂ = v/0.0199 = (0.6268844, 0.0310930)
      //   m̂/(sqrt(v̂) + 0.1) = (0.8557882, −0.4285462)
      //   0.8666667·0.95 − 0.08557882 and −1.8285714·0.95 + 0.04285462
      [0.7377545, -1.6942882],
    ])
  })
  it('begins anew after a reset', () => {
    const weights = tf.variable(tf.tensor1d([7, 7]))
    const optimizer = createOptimizer(config, [weights])
    tf.tidy(() => optimizer.step([tf.tensor1d([3, 4])]))
    optimizer.reset()
    weights.assign(tf.tensor1d([1, -2]))
    tf.tidy(() => optimizer.step([tf.tensor1d(gradients[0]!)]))
    near([[...weights.dataSync()]], [[0.8666667, -1.8285714]])
  })
})

describe('an optimizer', () => {
  for (const config of [
    { kind: 'sgd', learningRate: 0.1, momentum: 0.9 },
    { kind: 'adamw', learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
  ] as const) {
    it(`holds as many tensors after a step as before, and none after its end (${config.kind})`, () => {
      const before = tf.memory().numTensors
      const weights = tf.variable(tf.tensor1d([1, -2]))
      const held = tf.memory().numTensors - before
      const optimizer = createOptimizer(config, [weights])
      const running = tf.memory().numTensors
      const gradient = tf.tensor1d([1, 1])
      for (let i = 0; i < 3; i++) optimizer.step([gradient])
      optimizer.reset()
      gradient.dispose()
      assert.equal(tf.memory().numTensors, running)
      optimizer.dispose()
      assert.equal(tf.memory().numTensors, before + held)
      weights.dispose()
    })
  }
})
