import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DIGITS_TEST, DIGITS_TRAIN, renderDigits } from '../../../node/data/index.js'
import { everyIndex } from '../../../node/data/examples.js'
import { createRandom } from '../../../protocols/random.js'
import { accuracy, batches, createModel, fit, sparse, step } from '../../data/reference-mlp.js'

describe('the difficulty of the generated digits', () => {
  const train = renderDigits({ split: 'train', seed: 1 }, everyIndex(DIGITS_TRAIN))
  const test = sparse(renderDigits({ split: 'test' }, everyIndex(DIGITS_TEST)))

  it('keeps a softmax regression below 92 %, but lets it learn', () => {
    const reached = accuracy(fit(train, { hidden: 0, epochs: 12, learningRate: 0.1 }), test)
    assert.ok(reached < 0.92, `${reached}`)
    assert.ok(reached > 0.75, `${reached}`)
  })

  it('lets one hidden layer of 128 pass 96 %', () => {
    const reached = accuracy(fit(train, { hidden: 128, epochs: 4, learningRate: 0.1 }), test)
    assert.ok(reached > 0.96, `${reached}`)
  })
})

describe('the reference trainer', () => {
  // Two pixels; class 1 where exactly one of them is lit, class 0 where both are.
  const pixels = Uint8Array.of(255, 0, 0, 255, 255, 255)
  const tiny = { pixels, labels: Uint8Array.of(1, 1, 0), shape: [1, 2, 1], classes: 2, count: 3 } as const

  it('takes the step of softmax regression that is worked by hand', () => {
    const weights = Float32Array.of(0, 0, 0, 0, 0, 0)
    // All zero: both classes get 1/2, so the error of example 0 (label 1, pixels 1 and 0) is [1/2, -1/2].
    step({ inputs: 2, hidden: 0, classes: 2, weights }, sparse(tiny), [0], 0.5)
    assert.deepEqual([...weights], [-0.25, 0.25, 0, 0, -0.25, 0.25])
  })

  it('follows the numerical gradient through a hidden layer', () => {
    const examples = sparse(tiny)
    const start = createModel({ inputs: 2, hidden: 3, classes: 2 }, createRandom(5))
    const stepped = { ...start, weights: start.weights.slice() }
    step(stepped, examples, [0, 1, 2], 1)
    const nudge = 1e-2
    start.weights.forEach((weight, at) => {
      const lossAt = (value: number): number => {
        const weights = start.weights.slice()
        weights[at] = value
        return slowLoss({ ...start, weights })
      }
      const gradient = (lossAt(weight + nudge) - lossAt(weight - nudge)) / (2 * nudge)
      assert.ok(Math.abs(weight - stepped.weights[at]! - gradient) < 1e-3, `weight ${at}`)
    })
  })

  it('counts an epoch in whole batches', () => {
    const feed = batches([4, 5, 6, 7, 8], 2, createRandom(1))
    const epoch = [feed.next().value, feed.next().value].flat()
    assert.equal(new Set(epoch).size, 4)
  })

  /** Mean cross-entropy of the three tiny examples, written out plainly. */
  const slowLoss = ({ weights: w }: { readonly weights: Float32Array }): number => {
    const losses = [0, 1, 2].map((example) => {
      const x = [pixels[2 * example]! / 255, pixels[2 * example + 1]! / 255]
      const h = [0, 1, 2].map((unit) => Math.max(0, w[6 + unit]! + x[0]! * w[unit]! + x[1]! * w[3 + unit]!))
      const z = [0, 1].map((c) => h.reduce((sum, unit, at) => sum + unit * w[9 + 2 * at + c]!, w[15 + c]!))
      return Math.log(Math.exp(z[0]!) + Math.exp(z[1]!)) - z[tiny.labels[example]!]!
    })
    return losses.reduce((a, b) => a + b, 0) / 3
  }
})
