import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import * as tfl from '@tensorflow/tfjs-layers'
import {
  createCompiledModel,
  type Batch,
  type CompiledModel,
} from '../../node/trainer/compiled/compiled-model.js'
import type { StepOptimizer } from '../../node/trainer/compiled/context.js'
import { graphOfLayersModel } from '../../node/trainer/compiled/from-layers-model.js'
import { createRandom } from '../../protocols/random.js'

before(async () => {
  await tf.setBackend('cpu')
})

type Layers = readonly tfl.layers.Layer[]
const { dense, conv2d, flatten, maxPooling2d, averagePooling2d, batchNormalization, dropout } = tfl.layers

/** Odd sizes throughout: none is a multiple of a vector's or a tile's. */
const BATCH = 5
const image = { inputShape: [7, 6, 3] }
const row = { inputShape: [11] }
const classes = () => dense({ units: 3 })
const near = 1e-4

/** tfjs divides the gradient of a mean by the whole window, not by what of it lies in the image: there is nothing to compare with. */
const PADDED_MEANS = 'average pooling whose windows reach beyond the image'

const cases: Readonly<Record<string, () => Layers>> = {
  'a dense layer': () => [dense({ ...row, units: 3 })],
  'dense layers with ReLU': () => [dense({ ...row, units: 13, activation: 'relu' }), classes()],
  'a dense layer without bias, with ReLU': () => [
    dense({ ...row, units: 9, activation: 'relu', useBias: false }),
    classes(),
  ],
  tanh: () => [dense({ ...row, units: 9, activation: 'tanh' }), classes()],
  sigmoid: () => [dense({ ...row, units: 9, activation: 'sigmoid' }), classes()],
  GELU: () => [dense({ ...row, units: 9, activation: 'gelu' }), classes()],
  'a ReLU after tanh': () => [dense({ ...row, units: 9, activation: 'tanh' }), tfl.layers.reLU(), classes()],
  'softmax between layers': () => [dense({ ...row, units: 9, activation: 'softmax' }), classes()],
  'softmax at the end': () => [dense({ ...row, units: 3, activation: 'softmax' })],
  'a convolution': () => [
    conv2d({ ...image, filters: 5, kernelSize: 3, activation: 'relu' }),
    flatten(),
    classes(),
  ],
  'a convolution of convolutions': () => [
    conv2d({ ...image, filters: 9, kernelSize: [2, 3], activation: 'relu' }),
    conv2d({ filters: 4, kernelSize: [3, 2], useBias: false }),
    flatten(),
    classes(),
  ],
  'convolutions that keep the size': () => [
    conv2d({ ...image, filters: 6, kernelSize: 3, padding: 'same', activation: 'tanh' }),
    conv2d({ filters: 4, kernelSize: 2, padding: 'same' }),
    flatten(),
    classes(),
  ],
  'convolutions with strides': () => [
    conv2d({ ...image, filters: 10, kernelSize: 3, strides: [2, 1], activation: 'relu' }),
    conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
    flatten(),
    classes(),
  ],
  'max pooling': () => [
    conv2d({ ...image, filters: 5, kernelSize: 2 }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    classes(),
  ],
  'max pooling whose windows overlap and reach beyond the image': () => [
    conv2d({ ...image, filters: 5, kernelSize: 1 }),
    maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    flatten(),
    classes(),
  ],
  'average pooling': () => [
    conv2d({ ...image, filters: 5, kernelSize: 2 }),
    averagePooling2d({ poolSize: [2, 3], strides: [2, 1] }),
    flatten(),
    classes(),
  ],
  [PADDED_MEANS]: () => [
    conv2d({ ...image, filters: 5, kernelSize: 2 }),
    averagePooling2d({ poolSize: [2, 3], strides: [2, 1], padding: 'same' }),
    flatten(),
    classes(),
  ],
  'layer normalisation': () => [
    dense({ ...row, units: 9 }),
    tfl.layers.layerNormalization(),
    dense({ units: 7, activation: 'relu' }),
    classes(),
  ],
  'batch normalisation': () => [
    conv2d({ ...image, filters: 5, kernelSize: 3, useBias: false }),
    batchNormalization({ epsilon: 1e-3 }),
    tfl.layers.reLU(),
    flatten(),
    classes(),
  ],
  'dropout of nothing': () => [
    dense({ ...row, units: 9, activation: 'relu' }),
    dropout({ rate: 0 }),
    classes(),
  ],
}

/** A model whose weights are all drawn anew, small ones too, so that no bias is zero. */
const modelOf = (layers: Layers): tfl.LayersModel => {
  const model = tfl.sequential({ layers: [...layers] })
  const random = createRandom('weights', layers.length)
  model.setWeights(
    model.getWeights().map((weight, i) => {
      const name = model.weights[i]!.originalName
      if (name.includes('moving')) return weight
      const centre = name.endsWith('gamma') ? 1 : 0
      return tf.tensor(
        Float32Array.from({ length: weight.size }, () => centre + 0.8 * (random.next() - 0.5)),
        weight.shape,
      )
    }),
  )
  return model
}

const weightsOf = (model: tfl.LayersModel): Float32Array =>
  Float32Array.from(model.trainableWeights.flatMap((weight) => [...weight.read().dataSync()]))

/** The loss as tfjs has it, differentiable. */
const lossOf = (model: tfl.LayersModel, x: tf.Tensor, labels: Uint8Array, softmaxed: boolean): tf.Scalar => {
  const output = model.apply(x, { training: true }) as tf.Tensor2D
  const wanted = tf.oneHot(tf.tensor1d([...labels], 'int32'), output.shape[1])
  const logs = softmaxed ? tf.log(output) : tf.logSoftmax(output)
  return tf.neg(tf.mean(tf.sum(tf.mul(logs, wanted), -1)))
}

const batchOf = (model: tfl.LayersModel, seed: string) => {
  const random = createRandom(seed)
  const shape = [BATCH, ...model.inputs[0]!.shape.slice(1)] as number[]
  const size = shape.reduce((a, b) => a * b, 1)
  const inputs = Float32Array.from({ length: size }, () => 2 * random.next() - 1)
  return { inputs, shape, labels: Uint8Array.from({ length: BATCH }, () => random.below(3)) }
}

const compile = (model: tfl.LayersModel, optimizer: StepOptimizer) => {
  const length = weightsOf(model).length
  const graph = graphOfLayersModel(model, 'softmax-cross-entropy')
  const compiled = createCompiledModel({ graph, length, optimizer, batch: BATCH })
  compiled.weights.set(weightsOf(model))
  return compiled
}

const assertNear = (actual: Float32Array, expected: Float32Array, tolerance: number): void => {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= tolerance * largest, `${i}: ${value} for ${expected[i]}`),
  )
}

/** In each weight. Rounding of the loss costs a slope about 1e-7 / 1e-3. */
const DISTANCE = 1e-3
/** Part of a tensor's gradient by which it may be off; 0.0005 is the most in these cases. A factor that is left out is far more. */
const GRADIENT_OFF = 0.002

/**
 * How far a gradient is from the one that the loss alone shows, weight by weight, by the slopes on either side of it. Anything
 * between the two counts as right: ReLU and max have corners, and with one of them near the slopes differ.
 */
const deviationsOf = (compiled: CompiledModel, batch: Batch, gradient: Float32Array): Float32Array => {
  const { weights } = compiled
  const here = compiled.loss(batch)
  return weights.slice().map((value, i) => {
    const slopes = [1, -1].map((side) => {
      weights[i] = value + side * DISTANCE
      return (compiled.loss(batch) - here) / (weights[i] - value)
    })
    weights[i] = value
    return Math.max(0, gradient[i]! - Math.max(...slopes), Math.min(...slopes) - gradient[i]!)
  })
}

/** Where the tensors lie in the vector of weights. */
const tensorsOf = (model: tfl.LayersModel) => {
  let to = 0
  return model.trainableWeights.map(({ originalName: name, shape }) => {
    const from = to
    to += shape.reduce<number>((size, length) => size * length!, 1)
    return { name, from, to }
  })
}

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

for (const [name, layers] of Object.entries(cases)) {
  describe(`compiled: ${name}`, () => {
    if (name !== PADDED_MEANS) {
      it('has the losses and weights of tfjs over 20 steps', () => {
        const model = modelOf(layers())
        const compiled = compile(model, { kind: 'sgd', learningRate: 0.05, momentum: 0.9 })
        const reference = tf.train.momentum(0.05, 0.9)
        for (let step = 0; step < 20; step++) {
          const { inputs, shape, labels } = batchOf(model, `batch ${step}`)
          const expected = tf.tidy(() => {
            const x = tf.tensor(inputs, shape)
            const softmaxed = name === 'softmax at the end'
            const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
            return reference
              .minimize(() => lossOf(model, x, labels, softmaxed), true, variables)!
              .dataSync()[0]!
          })
          const loss = compiled.step({ inputs, labels })
          assert.ok(
            Math.abs(loss - expected) <= near * Math.max(1, expected),
            `step ${step}: ${loss}, ${expected}`,
          )
        }
        assertNear(compiled.weights, weightsOf(model), near)
      })
    }

    it('descends along the gradient that differences of its own loss show, in each tensor', () => {
      const model = modelOf(layers())
      const compiled = compile(model, { kind: 'sgd', learningRate: 1, momentum: 0 })
      const batch = batchOf(model, 'differences')
      const start = compiled.weights.slice()
      compiled.step(batch)
      const gradient = start.map((value, i) => value - compiled.weights[i]!)
      compiled.weights.set(start)
      const deviations = deviationsOf(compiled, batch, gradient)
      for (const { name: tensor, from, to } of tensorsOf(model)) {
        const off = norm(deviations.subarray(from, to))
        const size = norm(gradient.subarray(from, to))
        assert.ok(size > 0 && off <= GRADIENT_OFF * size, `${tensor}: off by ${off} of ${size}`)
      }
    })
  })
}

describe('compiled optimizers', () => {
  const layers = () => [dense({ ...row, units: 9, activation: 'relu' }), classes()]
  const references: readonly (readonly [StepOptimizer, () => tf.Optimizer])[] = [
    [{ kind: 'sgd', learningRate: 0.1, momentum: 0 }, () => tf.train.sgd(0.1)],
    [{ kind: 'nesterov', learningRate: 0.1, momentum: 0.8 }, () => tf.train.momentum(0.1, 0.8, true)],
  ]
  for (const [optimizer, create] of references) {
    it(`step as those of tfjs do (${optimizer.kind})`, () => {
      const model = modelOf(layers())
      const compiled = compile(model, optimizer)
      const reference = create()
      for (let step = 0; step < 20; step++) {
        const { inputs, shape, labels } = batchOf(model, `batch ${step}`)
        tf.tidy(() => void reference.minimize(() => lossOf(model, tf.tensor(inputs, shape), labels, false)))
        compiled.step({ inputs, labels })
      }
      assertNear(compiled.weights, weightsOf(model), near)
    })
  }
})

describe('a compiled model', () => {
  it('looks numbers up in a table, and trains it', () => {
    const model = modelOf([
      tfl.layers.embedding({ inputDim: 7, outputDim: 5, inputLength: 4 }),
      flatten(),
      classes(),
    ])
    const compiled = compile(model, { kind: 'sgd', learningRate: 0.1, momentum: 0.9 })
    const reference = tf.train.momentum(0.1, 0.9)
    for (let step = 0; step < 20; step++) {
      const random = createRandom('tokens', step)
      const inputs = Float32Array.from({ length: BATCH * 4 }, () => random.below(7))
      const labels = Uint8Array.from({ length: BATCH }, () => random.below(3))
      tf.tidy(() => {
        const x = tf.tensor2d(inputs, [BATCH, 4], 'int32')
        return void reference.minimize(() => lossOf(model, x, labels, false))
      })
      compiled.step({ inputs, labels })
    }
    assertNear(compiled.weights, weightsOf(model), near)
  })

  it('fits targets by mean squared error as tfjs does', () => {
    const model = modelOf([dense({ ...row, units: 9, activation: 'tanh' }), dense({ units: 2 })])
    const graph = graphOfLayersModel(model, 'mean-squared-error')
    const optimizer = { kind: 'sgd', learningRate: 0.1, momentum: 0 } as const
    const compiled = createCompiledModel({ graph, length: weightsOf(model).length, optimizer, batch: BATCH })
    compiled.weights.set(weightsOf(model))
    const reference = tf.train.sgd(0.1)
    for (let step = 0; step < 20; step++) {
      const { inputs, shape } = batchOf(model, `batch ${step}`)
      const targets = inputs.slice(0, BATCH * 2)
      const expected = tf.tidy(
        () =>
          reference
            .minimize(() => {
              const output = model.apply(tf.tensor(inputs, shape)) as tf.Tensor
              return tf.mean(tf.squaredDifference(output, tf.tensor2d(targets, [BATCH, 2])))
            }, true)!
            .dataSync()[0]!,
      )
      const loss = compiled.step({ inputs, targets })
      assert.ok(Math.abs(loss - expected) < 1e-5, `${loss} for ${expected}`)
    }
    assertNear(compiled.weights, weightsOf(model), near)
  })

  it('drops about as many elements as it should, others in the next step, and none in an evaluation', () => {
    const build = () =>
      compile(modelOf([dropout({ rate: 0.4, inputShape: [11] }), classes()]), {
        ...{ kind: 'sgd', learningRate: 1e-9, momentum: 0 },
      })
    const [compiled, again] = [build(), build()]
    const { inputs, labels } = batchOf(modelOf([dense({ ...row, units: 3 })]), 'dropped')
    const losses = Array.from({ length: 400 }, () => compiled.step({ inputs, labels }))
    assert.notEqual(losses[0], losses[1])
    assert.deepEqual(
      losses.slice(0, 5),
      Array.from({ length: 5 }, () => again.step({ inputs, labels })),
    )
    const mean = losses.reduce((sum, loss) => sum + loss / 400, 0)
    // Noise in the logits raises a convex loss a little; it never falls below that of no dropout by much.
    const without = compiled.loss({ inputs, labels })
    assert.ok(mean > without && mean < without + 0.5, `${mean} and ${without}`)
  })

  it('trains nothing through the elements that it dropped, and the others more by what it scaled them by', () => {
    // One example of 11 inputs, 9 hidden elements, 3 classes: what does not move was dropped.
    const model = modelOf([dense({ ...row, units: 9 }), dropout({ rate: 0.4 }), classes()])
    const graph = graphOfLayersModel(model, 'softmax-cross-entropy')
    const optimizer = { kind: 'sgd', learningRate: 1, momentum: 0 } as const
    const start = weightsOf(model)
    const compiled = createCompiledModel({ graph, length: start.length, optimizer, batch: 1 })
    const [kernel, bias, head, headBias] = tensorsOf(model).map(({ from }) => from) as [
      number,
      number,
      number,
      number,
    ]
    const inputs = batchOf(model, 'one').inputs.slice(0, 11)
    const patterns = new Set<string>()
    for (let step = 0; step < 20; step++) {
      compiled.weights.set(start)
      compiled.step({ inputs, labels: Uint8Array.of(1) })
      const gradient = start.map((value, i) => value - compiled.weights[i]!)
      const slopes = gradient.subarray(headBias, headBias + 3)
      let pattern = ''
      for (let j = 0; j < 9; j++) {
        const outgoing = head + 3 * j
        const hidden = inputs.reduce((sum, x, i) => sum + x * start[kernel + 9 * i + j]!, start[bias + j]!)
        const kept = gradient.subarray(outgoing, outgoing + 3).some((value) => value !== 0)
        pattern += kept ? '1' : '0'
        const scale = kept ? 1 / 0.6 : 0
        const expected = slopes.reduce((sum, slope, k) => sum + slope * start[outgoing + k]!, 0) * scale
        const isNear = (actual: number, wanted: number): void =>
          assert.ok(Math.abs(actual - wanted) < 1e-6, `element ${j}: ${actual} for ${wanted}`)
        slopes.forEach((slope, k) => isNear(gradient[outgoing + k]!, slope * hidden * scale))
        isNear(gradient[bias + j]!, expected)
        inputs.forEach((x, i) => isNear(gradient[kernel + 9 * i + j]!, x * expected))
      }
      patterns.add(pattern)
    }
    // Of 20 draws of 9 elements.
    assert.ok(patterns.size > 15, [...patterns].join(' '))
    const dropped = [...patterns].join('').split('0').length - 1
    assert.ok(Math.abs(dropped / (9 * patterns.size) - 0.4) < 0.1, `${dropped} of ${9 * patterns.size}`)
  })

  it('has the softmax of a layer over the last axis', () => {
    const model = modelOf([conv2d({ ...image, filters: 5, kernelSize: 3 }), tfl.layers.softmax({ axis: 3 })])
    assert.equal(graphOfLayersModel(model, 'mean-squared-error').layers.at(-1)?.kind, 'softmax')
  })

  it('takes no batch that its buffers were not made for, and trains nothing then', () => {
    const model = modelOf([dense({ ...row, units: 3 })])
    const compiled = compile(model, { kind: 'sgd', learningRate: 0.1, momentum: 0 })
    const { inputs, labels } = batchOf(model, 'batch')
    const before = compiled.weights.slice()
    const wrong = [
      [{ inputs: new Float32Array(11 * (BATCH + 1)), labels }, /66 inputs where 55 are expected/],
      [{ inputs, labels: new Uint8Array(BATCH + 1) }, /6 labels where 5 are expected/],
      [{ inputs }, /no labels where 5 are expected/],
      [{ inputs, labels: labels.map(() => 3) }, /label 3 is not below 3/],
    ] as const
    for (const [batch, message] of wrong) {
      assert.throws(() => compiled.step(batch), { code: 'BAD_BATCH', message })
      assert.throws(() => compiled.loss(batch), { code: 'BAD_BATCH', message })
    }
    // Targets have no place here, and are not written anywhere.
    compiled.loss({ inputs, labels, targets: new Float32Array(1000).fill(9) })
    assert.deepEqual(compiled.weights, before)

    const fitting = createCompiledModel({
      graph: graphOfLayersModel(model, 'mean-squared-error'),
      ...{ length: before.length, optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0 }, batch: BATCH },
    })
    const targets = new Float32Array(3 * BATCH + 1)
    assert.throws(() => fitting.step({ inputs, targets }), {
      code: 'BAD_BATCH',
      message: /16 targets where 15/,
    })
  })

  it('names the layer that it has no kernel for', () => {
    const refuse = (layers: Layers, message: RegExp): void =>
      assert.throws(() => graphOfLayersModel(modelOf(layers), 'softmax-cross-entropy'), {
        code: 'BAD_MODEL',
        message,
      })
    refuse([dense({ ...row, units: 3, activation: 'elu' })], /activation "elu"/)
    refuse([tfl.layers.reshape({ inputShape: [6], targetShape: [6] }), classes()], /Reshape.*no kernel/)
    const images = () => conv2d({ ...image, filters: 5, kernelSize: 3 })
    // Of tfjs's softmax the default axis is the first after the batch, whatever the rank.
    refuse([images(), tfl.layers.softmax(), flatten(), classes()], /Softmax.*another axis than the last/)
    refuse(
      [images(), flatten({ dataFormat: 'channelsFirst' }), classes()],
      /Flatten.*its channels come first/,
    )
    refuse([dense({ inputShape: [2, 3], units: 3 }), flatten(), classes()], /not one row per example/)
  })
})
