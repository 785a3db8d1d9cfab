import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import * as tfl from '@tensorflow/tfjs-layers'
import { createLayersModelTrainer, setWeights, weightsOf } from '../../node/trainer/layers-model-trainer.js'
import { separable, sgd } from './separable.js'

const [train, test] = [separable(90, 1), separable(40, 2)]
const options = { train, test, optimizer: { ...sgd, learningRate: 0.02 }, batch: 7, seed: 3 }

/** Not in the catalogue: strides, GELU, averages, layer normalisation and a softmax. */
const layers = (): tfl.layers.Layer[] => [
  tfl.layers.conv2d({
    ...{ name: 'look', inputShape: [12, 10, 1], filters: 5, kernelSize: 3, strides: 2, activation: 'gelu' },
  }),
  tfl.layers.averagePooling2d({ poolSize: 2, strides: 1 }),
  tfl.layers.flatten(),
  tfl.layers.layerNormalization({ name: 'level' }),
  tfl.layers.dense({ name: 'tell', units: 3, activation: 'softmax' }),
]
const chain = (...given: tfl.layers.Layer[]): tfl.LayersModel => tfl.sequential({ layers: given })
/** The same model, but for a layer that changes nothing and that there is no kernel for. */
const withReshape = (): tfl.LayersModel => {
  const [first, ...rest] = layers()
  return chain(first!, tfl.layers.reshape({ name: 'idle', targetShape: [5, 4, 5] }), ...rest)
}

const started = (model: tfl.LayersModel) => {
  const lines: string[] = []
  return {
    trainer: createLayersModelTrainer({ ...options, model, log: (line) => void lines.push(line) }),
    lines,
  }
}

const assertNear = (actual: Float32Array, expected: Float32Array): void => {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  assert.ok(actual.every((value, i) => Math.abs(value - expected[i]!) <= 1e-4 * largest))
}

describe('the trainer of a tfjs model of one’s own', () => {
  before(async () => {
    assert.ok(await tf.setBackend('cpu'))
  })

  it('trains it with compiled kernels to the losses and weights of tfjs, and mixes what both trained', async () => {
    const compiled = started(chain(...layers()))
    const plain = started(withReshape())
    assert.deepEqual([compiled.trainer.backend, plain.trainer.backend], ['compiled', 'cpu'])
    assert.deepEqual(compiled.lines, [])
    assert.equal(plain.lines.length, 1)
    assert.match(plain.lines[0]!, /tfjs trains the model .* cpu backend: layer idle \(Reshape\).*no kernel/)
    assert.equal(compiled.trainer.layout.fingerprint, plain.trainer.layout.fingerprint)

    const weights = await compiled.trainer.initialWeights(1)
    const ours = await compiled.trainer.train({ weights, steps: 20 })
    const theirs = await plain.trainer.train({ weights, steps: 20 })
    assert.ok(Math.abs(ours.loss / theirs.loss - 1) < 1e-4, `${ours.loss} for ${theirs.loss}`)
    assertNear(ours.weights, theirs.weights)
    const evaluations = [
      await compiled.trainer.evaluate(ours.weights),
      await plain.trainer.evaluate(ours.weights),
    ]
    assert.equal(evaluations[0]!.accuracy, evaluations[1]!.accuracy)
    assert.ok(Math.abs(evaluations[0]!.loss / evaluations[1]!.loss - 1) < 1e-4)

    const mixed = await compiled.trainer.mix({
      rule: 'mean',
      contributions: [
        { from: 'a', weights: ours.weights, weight: 0.5 },
        { from: 'b', weights: theirs.weights, weight: 0.5 },
      ],
    })
    assertNear(mixed, theirs.weights)
    await Promise.all([compiled.trainer.close(), plain.trainer.close()])
    await assert.rejects(compiled.trainer.train({ weights, steps: 1 }), { code: 'CLOSED' })
  })

  it('leaves no tensors behind, whichever way it trains', async () => {
    for (const model of [chain(...layers()), withReshape()]) {
      const { trainer } = started(model)
      const weights = await trainer.initialWeights(1)
      await trainer.train({ weights, steps: 1 })
      const tensors = tf.memory().numTensors
      await trainer.train({ weights, steps: 2 })
      await trainer.evaluate(weights)
      assert.equal(tf.memory().numTensors, tensors)
      await trainer.close()
    }
  })

  it('gives weights that the model predicts with, and takes those it has', async () => {
    const model = chain(...layers())
    const { trainer } = started(model)
    const { weights } = await trainer.train({ weights: weightsOf(model), steps: 60 })
    setWeights(model, weights)
    assert.deepEqual(weightsOf(model), weights)
    const right = tf.tidy(() => {
      const images = tf.div(tf.tensor4d(test.pixels, [test.count, ...test.shape], 'float32'), 255)
      const classes = tf.argMax(model.apply(images) as tf.Tensor, 1).dataSync()
      return test.labels.filter((label, i) => label === classes[i]).length
    })
    const { accuracy } = await trainer.evaluate(weights)
    assert.equal(accuracy, right / test.count)
    assert.ok(accuracy > 0.9, `${accuracy}`)
    await trainer.close()
  })

  it('estimates what a compiled batch normalisation evaluates with', async () => {
    const dense = tfl.layers.dense({ units: 3 })
    const norm = tfl.layers.batchNormalization({ inputShape: [12, 10, 1] })
    const { trainer } = started(chain(norm, tfl.layers.flatten(), dense))
    assert.equal(trainer.statisticsLength, 2)
    const { count, values } = await trainer.estimateStatistics(await trainer.initialWeights(1))
    const scaled = Array.from(train.pixels, (byte) => byte / 255)
    const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length
    const variance = scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scaled.length
    assert.equal(count, 90)
    assertNear(values, Float32Array.of(mean, variance))
    await trainer.close()
  })

  it('refuses a model that does not fit the examples', () => {
    const { dense, flatten, embedding } = tfl.layers
    const refuse = (model: tfl.LayersModel, message: RegExp): void =>
      assert.throws(() => started(model), { code: 'BAD_MODEL', message })
    refuse(chain(dense({ inputShape: [119], units: 3 })), /its input is .*119, an example 12×10×1/)
    refuse(
      chain(dense({ inputShape: [120], units: 4 })),
      /output is .*4, not one number for each of 3 classes/,
    )
    const table = embedding({ inputDim: 9, outputDim: 2, inputLength: 120 })
    refuse(chain(table, flatten(), dense({ units: 3 })), /embedding/)
  })
})
