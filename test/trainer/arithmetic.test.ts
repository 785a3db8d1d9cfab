import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBatchOrder, fillBatch } from '../../node/trainer/batches.js'
import { crossEntropyOf } from '../../node/trainer/cross-entropy.js'
import { initialWeights } from '../../node/trainer/initial-weights.js'
import { layoutOf } from '../../node/trainer/index.js'
import { statisticsExamples } from '../../node/trainer/statistics-examples.js'
import { momentsOf, tensorOf } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'

describe('the order of minibatches', () => {
  const orderOf = (count: number, batch: number, batches: number, seed = 1): number[] => {
    const indices = Uint32Array.from({ length: count }, (_, index) => index)
    const order = createBatchOrder({ indices, batch, random: createRandom(seed) })
    return Array.from({ length: batches }, () => [...order.next()]).flat()
  }
  const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b)

  it('visits every example once per epoch, across batches that do not divide it', () => {
    const indices = orderOf(7, 3, 7) // 21 = 3 epochs of 7
    for (const epoch of [0, 7, 14]) {
      assert.deepEqual(sorted(indices.slice(epoch, epoch + 7)), [0, 1, 2, 3, 4, 5, 6])
    }
  })
  it('shuffles each epoch anew', () => {
    const indices = orderOf(50, 50, 2)
    assert.notDeepEqual(indices.slice(0, 50), indices.slice(50))
  })
  it('fills a batch larger than the set with several epochs', () => {
    assert.deepEqual(sorted(orderOf(2, 6, 1)), [0, 0, 0, 1, 1, 1])
  })
  it('is the same for the same seed only', () => {
    assert.deepEqual(orderOf(20, 4, 9, 5), orderOf(20, 4, 9, 5))
    assert.notDeepEqual(orderOf(20, 4, 9, 5), orderOf(20, 4, 9, 6))
  })
  it('copies pixels scaled to one and the labels that belong to them', () => {
    const examples = {
      pixels: Uint8Array.of(0, 255, 51, 102, 153, 204),
      labels: Uint8Array.of(2, 0, 1),
      shape: [1, 2, 1] as const,
      classes: 3,
      count: 3,
    }
    const into = { pixels: new Float32Array(4), labels: new Uint8Array(2) }
    fillBatch(examples, Uint32Array.of(2, 0), into)
    // 153/255, 204/255, then 0/255, 255/255
    assert.deepEqual(
      [...into.pixels].map((value) => Math.fround(value * 5)),
      [3, 4, 0, 5],
    )
    assert.deepEqual([...into.labels], [1, 2])
  })
})

describe('the examples that statistics are taken over', () => {
  const part = (length: number) => Uint32Array.from({ length }, (_, i) => 3 * i + 1)

  it('are all of a part that is small enough', () => {
    assert.deepEqual(statisticsExamples(part(512), 1), part(512))
  })
  it('are different ones from all over a larger part, the same for the same seed only', () => {
    const chosen = statisticsExamples(part(5000), 1)
    assert.equal(chosen.length, 512)
    assert.equal(new Set(chosen).size, 512)
    assert.ok(chosen.every((index) => index % 3 === 1 && index < 15_000))
    // The mean place of 512 uniform draws is off by 5000/√12/√512 = 64 (one deviation).
    const place = chosen.reduce((sum, index) => sum + (index - 1) / 3 / 512, 0)
    assert.ok(Math.abs(place - 2500) < 256, `${place}`)
    assert.deepEqual(statisticsExamples(part(5000), 1), chosen)
    assert.notDeepEqual(statisticsExamples(part(5000), 2), chosen)
  })
})

describe('softmax and cross-entropy', () => {
  const near = (actual: ArrayLike<number>, expected: readonly number[]): void => {
    assert.equal(actual.length, expected.length)
    expected.forEach((value, i) =>
      assert.ok(Math.abs(actual[i]! - value) < 1e-6, `${i}: ${actual[i]} for ${value}`),
    )
  }
  it('gives the loss, the hits and the gradient of the mean', () => {
    const gradient = new Float32Array(6)
    const outcome = crossEntropyOf({
      // softmax: (1, 3, 4)/8 and (2, 1, 1)/4
      logits: Float32Array.of(0, Math.log(3), Math.log(4), Math.log(2), 0, 0),
      labels: Uint8Array.of(1, 0),
      classes: 3,
      gradient,
    })
    near([outcome.lossSum], [Math.log(8 / 3) + Math.log(2)])
    assert.equal(outcome.correct, 1) // the first row's largest is class 2, not 1
    near(gradient, [1 / 16, -5 / 16, 4 / 16, -2 / 8, 1 / 8, 1 / 8]) // (p − onehot) / 2
  })
  it('stays finite for logits that no exponential can hold', () => {
    const outcome = crossEntropyOf({
      logits: Float32Array.of(5000, -5000),
      labels: Uint8Array.of(1),
      classes: 2,
    })
    assert.equal(outcome.lossSum, 10_000)
  })
  it('passes a NaN on, wherever it stands', () => {
    for (const logits of [Float32Array.of(NaN, 1, 2), Float32Array.of(1, 2, NaN)]) {
      assert.ok(Number.isNaN(crossEntropyOf({ logits, labels: Uint8Array.of(1), classes: 3 }).lossSum))
    }
  })
})

describe('initial weights', () => {
  const layout = layoutOf('cnn', [28, 28, 1], 10)
  const of = (seed: number, name: string): Float32Array =>
    tensorOf(
      initialWeights(layout, seed),
      layout.entries.find((entry) => entry.name === name)!,
    )

  it('are the same for the same seed only', () => {
    assert.deepEqual(initialWeights(layout, 3), initialWeights(layout, 3))
    assert.notDeepEqual(initialWeights(layout, 3), initialWeights(layout, 4))
  })
  it('are Glorot uniform in kernels, with the receptive field in the fans', () => {
    // conv_2: fans 9·16 and 9·32, a² = 6/432, variance a²/3 = 1/216; dense_1: a² = 6/810, variance 1/405
    for (const [name, bound, variance] of [
      ['conv_2/kernel', Math.sqrt(6 / 432), 1 / 216],
      ['dense_1/kernel', Math.sqrt(6 / 810), 1 / 405],
    ] as const) {
      const values = of(1, name)
      const moments = momentsOf(values)
      assert.ok(values.every((value) => Math.abs(value) <= Math.fround(bound)))
      // 4608 and 8000 draws: the variance of a uniform is off by 1.3 % and 1 % (one deviation)
      assert.ok(Math.abs(moments.variance / variance - 1) < 0.05, `${name}: ${moments.variance}`)
      assert.ok(Math.abs(moments.mean) < 0.05 * bound)
    }
  })
  it('are zero in biases', () => {
    assert.ok(of(1, 'conv_1/bias').every((value) => value === 0))
  })
  it('leave a normalisation as it is: scales 1, biases 0', () => {
    const normalised = layoutOf('cnn-bn', [28, 28, 1], 10)
    const values = initialWeights(normalised, 1)
    // norm_1 lies behind the 9·16 numbers of conv_1.
    assert.deepEqual(
      [...values.subarray(144, 176)],
      [...Array<number>(16).fill(1), ...Array<number>(16).fill(0)],
    )
  })
  it('lie on memory that threads share', () => {
    assert.ok(initialWeights(layout, 1).buffer instanceof SharedArrayBuffer)
  })
  it('keep their golden values on every machine', () => {
    assert.deepEqual(
      [...initialWeights(layout, 1).subarray(0, 3)],
      [-0.08956871926784515, -0.02264292724430561, 0.13607901334762573],
    )
  })
})
