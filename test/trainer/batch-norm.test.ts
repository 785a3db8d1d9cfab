import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
// Registers the gradients of the operations.
import '@tensorflow/tfjs-layers'
import { channelStatistics, EPSILON, normalise, normaliseGradients } from '../../node/trainer/batch-norm.js'
import { normLayer } from '../../node/trainer/norm-layer.js'
import { registerWasmKernels } from '../../node/trainer/wasm-kernels.js'
import { momentsOf } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'

/** Numbers about `center`. */
const noise = (length: number, name: string, { center = 0, spread = 1 } = {}): Float32Array => {
  const random = createRandom('batch norm', name)
  return Float32Array.from({ length }, () => center + spread * (2 * random.next() - 1))
}

const assertNear = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void => {
  assert.equal(actual.length, expected.length)
  const scale = Math.max(...Array.from(expected, Math.abs))
  Array.from(expected).forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) <= tolerance * scale, `${i}: ${actual[i]} for ${value}`),
  )
}

/** Slow and plain, in float64: each channel picked out and normalised by the definition. */
const reference = (x: ArrayLike<number>, gamma: ArrayLike<number>, beta: ArrayLike<number>): number[] => {
  const channels = gamma.length
  const channelOf = (channel: number) => Array.from(x).filter((_, i) => i % channels === channel)
  const moments = Array.from({ length: channels }, (_, channel) => momentsOf(channelOf(channel)))
  return Array.from(x, (value, i) => {
    const { mean, variance } = moments[i % channels]!
    return (gamma[i % channels]! * (value - mean)) / Math.sqrt(variance + EPSILON) + beta[i % channels]!
  })
}

describe('batch normalisation', () => {
  it('has the mean and the population variance of each channel', () => {
    // Channel 0: 1, 3, 8: mean 4, variance (9 + 1 + 16)/3. Channel 1: 5, 5, 5.
    const x = Float32Array.of(1, 5, 3, 5, 8, 5)
    assert.deepEqual([...channelStatistics(x, 2)], [4, Math.fround(26 / 3), 5, 0])
  })

  it('keeps a small variance beside a large mean', () => {
    const x = Float32Array.of(10_000, 10_001, 10_002)
    assert.deepEqual([...channelStatistics(x, 1)], [10_001, Math.fround(2 / 3)])
  })

  it('normalises with the statistics it is given', () => {
    const y = normalise({
      x: Float32Array.of(1, 10, 7, 30),
      statistics: Float32Array.of(3, 4, 20, 25),
      gamma: Float32Array.of(2, 0.5),
      beta: Float32Array.of(1, -1),
    })
    // 2·(1 − 3)/2 + 1, ½·(10 − 20)/5 − 1, 2·(7 − 3)/2 + 1, ½·(30 − 20)/5 − 1
    assertNear(y, [-1, -2, 5, 0], 1e-5)
  })

  // The last one spans several blocks and ends inside one.
  for (const [count, channels] of [
    [1, 3],
    [7, 1],
    [13, 5],
    [1500, 7],
  ] as const) {
    it(`agrees with the definition for ${count} values of ${channels} channels`, () => {
      const x = noise(count * channels, 'x', { center: 3, spread: 2.5 })
      const [gamma, beta] = [noise(channels, 'gamma', { center: 1.5 }), noise(channels, 'beta')]
      const statistics = channelStatistics(x, channels)
      assertNear(normalise({ x, statistics, gamma, beta }), reference(x, gamma, beta), 1e-5)
    })
  }

  it('has the gradients that finite differences give, in x, γ and β', () => {
    const [count, channels] = [11, 3]
    const inputs = {
      x: noise(count * channels, 'x', { center: -2, spread: 0.7 }),
      gamma: noise(channels, 'gamma', { center: 1.5 }),
      beta: noise(channels, 'beta'),
    }
    // The loss is Σ dy·y, so that its gradient with respect to y is dy.
    const dy = noise(count * channels, 'dy')
    const loss = ({ x, gamma, beta }: Record<'x' | 'gamma' | 'beta', ArrayLike<number>>): number =>
      reference(x, gamma, beta).reduce((sum, value, i) => sum + value * dy[i]!, 0)
    const differences = (of: 'x' | 'gamma' | 'beta'): number[] =>
      Array.from(inputs[of], (value, i) => {
        const h = 1e-5
        const at = (changed: number) =>
          loss({ ...inputs, [of]: Float64Array.from(inputs[of]).with(i, changed) })
        return (at(value + h) - at(value - h)) / (2 * h)
      })
    const statistics = channelStatistics(inputs.x, channels)
    const gradients = normaliseGradients({ ...inputs, statistics, dy })
    assertNear(gradients.dx, differences('x'), 1e-5)
    assertNear(gradients.dGamma, differences('gamma'), 1e-5)
    assertNear(gradients.dBeta, differences('beta'), 1e-5)
  })
})

for (const backend of ['cpu', 'wasm']) {
  describe(`the normalisation layer on ${backend}`, () => {
    const shape: [number, number, number, number] = [3, 4, 5, 6]
    const values = {
      x: noise(360, 'x', { center: 3, spread: 2.5 }),
      gamma: noise(6, 'gamma', { center: 1.5 }),
      beta: noise(6, 'beta'),
    }

    it('has the output and the gradients of the operations that tfjs composes it of, and leaves nothing', async () => {
      assert.ok(await tf.setBackend(backend))
      if (backend === 'wasm') registerWasmKernels()
      const before = tf.memory().numTensors
      const layer = normLayer({ kind: 'norm', name: 'norm', channels: 6, offset: 0 })
      const x = tf.tidy(() => tf.variable(tf.tensor(values.x, shape)))
      // The first call builds it.
      tf.tidy(() => void layer.apply(x, { normalisation: { kind: 'batch' } }))
      const [gamma, beta] = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
      tf.tidy(() => {
        gamma!.assign(tf.tensor1d(values.gamma))
        beta!.assign(tf.tensor1d(values.beta))
      })
      const composed = (): tf.Tensor => {
        const { mean, variance } = tf.moments(x, [0, 1, 2])
        const normalised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)))
        return tf.relu(tf.add(tf.mul(normalised, gamma!), beta!))
      }
      const built = (): tf.Tensor =>
        layer.apply(x, { training: true, normalisation: { kind: 'batch' } }) as tf.Tensor
      const resultsOf = (forward: () => tf.Tensor): Float32Array[] =>
        tf.tidy(() => {
          const variables = [x, gamma!, beta!]
          const dy = tf.tensor(noise(360, 'dy'), shape)
          const { grads } = tf.variableGrads(() => tf.sum(tf.mul(forward(), dy)), variables)
          return [forward(), ...variables.map(({ name }) => grads[name]!)].map((t) => t.dataSync<'float32'>())
        })
      const [expected, actual] = [resultsOf(composed), resultsOf(built)]
      expected.forEach((tensor, i) => assertNear(actual[i]!, tensor, 1e-4))
      layer.dispose()
      x.dispose()
      assert.equal(tf.memory().numTensors, before)
    })

    it('gives a batch the same bits from its own statistics as from the ones it measured', async () => {
      assert.ok(await tf.setBackend(backend))
      tf.tidy(() => {
        // Behind another layer of two channels.
        const layer = normLayer({ kind: 'norm', name: 'norm', channels: 6, offset: 4 })
        const outputOf = (normalisation: object) =>
          (layer.apply(tf.tensor(values.x, shape), { normalisation }) as tf.Tensor).dataSync()
        const statistics = new Float32Array(16).fill(9)
        const measured = outputOf({ kind: 'measure', into: statistics })
        assert.deepEqual(statistics.slice(4), channelStatistics(values.x, 6))
        assert.deepEqual([...statistics.slice(0, 4)], [9, 9, 9, 9])
        assert.deepEqual(outputOf({ kind: 'given', statistics }), measured)
        assert.deepEqual(outputOf({ kind: 'batch' }), measured)
        layer.dispose()
      })
    })
  })
}
