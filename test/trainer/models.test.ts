import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  layoutOf,
  modelSources,
  parseModel,
  statisticsLengthOf,
  TrainerError,
} from '../../node/trainer/index.js'

const fails = (spec: string, code: string, words: RegExp): void => {
  assert.throws(
    () => parseModel(spec),
    (error) => error instanceof TrainerError && error.code === code && words.test(error.message),
    spec,
  )
}

describe('reading a model name', () => {
  it('reads every name as its source writes it', () => {
    for (const { usage } of modelSources) assert.equal(parseModel(usage).spec, usage)
  })
  it('reads hidden widths in order', () => {
    assert.deepEqual(parseModel('mlp:128,64').layers, [
      { kind: 'dense', units: 128 },
      { kind: 'dense', units: 64 },
    ])
  })
  it('names the nearest model when a name is a letter off, and all that are known', () => {
    fails('mpl:128', 'UNKNOWN_MODEL', /Did you mean mlp\?.*softmax, mlp:128,64, cnn/)
    fails('CNN', 'UNKNOWN_MODEL', /Did you mean cnn\?/)
  })
  it('suggests nothing for a name far from all', () => {
    assert.throws(
      () => parseModel('transformer'),
      (error) => error instanceof TrainerError && !error.message.includes('Did you mean'),
    )
  })
  it('refuses widths that are not whole numbers in range', () => {
    for (const spec of [
      'mlp',
      'mlp:',
      'mlp:0',
      'mlp:-3',
      'mlp:1.5',
      'mlp:1e3',
      'mlp: 8',
      'mlp:8,',
      'mlp:65537',
    ]) {
      fails(spec, 'BAD_MODEL', /mlp:128,64/)
    }
    fails(`mlp:${Array<number>(17).fill(4).join()}`, 'BAD_MODEL', /1 to 16 widths, not 17/)
  })
  it('refuses an argument where none is taken', () => {
    fails('softmax:3', 'BAD_MODEL', /takes nothing/)
    fails('cnn:', 'BAD_MODEL', /takes nothing/)
  })
})

describe('the layout of a model', () => {
  const tensors = (spec: string, shape: [number, number, number], classes: number) =>
    layoutOf(spec, shape, classes).entries.map(
      ({ name, shape: sizes, kind }) => `${name} ${sizes.join('×')} ${kind}`,
    )

  it('lists kernels and biases from input to output', () => {
    assert.deepEqual(tensors('mlp:7,5', [4, 3, 2], 6), [
      'dense_1/kernel 24×7 kernel', // 4 · 3 · 2 pixels
      'dense_1/bias 7 bias',
      'dense_2/kernel 7×5 kernel',
      'dense_2/bias 5 bias',
      'dense_3/kernel 5×6 kernel',
      'dense_3/bias 6 bias',
    ])
    assert.deepEqual(tensors('softmax', [4, 3, 2], 6), ['dense_1/kernel 24×6 kernel', 'dense_1/bias 6 bias'])
  })
  it('follows an image through convolutions and pools', () => {
    // 28 → conv 26 → pool 13 → conv 11 → pool 5; 5 · 5 · 32 = 800
    assert.deepEqual(tensors('cnn', [28, 28, 1], 10), [
      'conv_1/kernel 3×3×1×16 kernel',
      'conv_1/bias 16 bias',
      'conv_2/kernel 3×3×16×32 kernel',
      'conv_2/bias 32 bias',
      'dense_1/kernel 800×10 kernel',
      'dense_1/bias 10 bias',
    ])
    // 9·16 + 16 + 9·16·32 + 32 + 8000 + 10
    assert.equal(layoutOf('cnn', [28, 28, 1], 10).length, 12_810)
  })
  it('has scale and bias of a normalisation in place of the bias of its convolution, and no statistics', () => {
    assert.deepEqual(tensors('cnn-bn', [28, 28, 1], 10), [
      'conv_1/kernel 3×3×1×16 kernel',
      'norm_1/gamma 16 scale',
      'norm_1/beta 16 bias',
      'conv_2/kernel 3×3×16×32 kernel',
      'norm_2/gamma 32 scale',
      'norm_2/beta 32 bias',
      'dense_1/kernel 800×10 kernel',
      'dense_1/bias 10 bias',
    ])
    // 9·16 + 2·16 + 9·16·32 + 2·32 + 8000 + 10
    assert.equal(layoutOf('cnn-bn', [28, 28, 1], 10).length, 12_858)
  })
  it('leaves the statistics to a length of their own: two numbers for each normalised channel', () => {
    assert.equal(statisticsLengthOf('cnn-bn', [28, 28, 1], 10), 96) // 2 · (16 + 32)
    for (const spec of ['softmax', 'mlp:7', 'cnn']) assert.equal(statisticsLengthOf(spec, [28, 28, 1], 10), 0)
  })
  it('refuses images that a convolution would shrink to nothing', () => {
    assert.doesNotThrow(() => layoutOf('cnn', [10, 10, 1], 2)) // 10 → 8 → 4 → 2 → 1
    assert.throws(
      () => layoutOf('cnn', [10, 9, 1], 2), // width 9 → 7 → 3 → 1 → 0
      (error) => error instanceof TrainerError && error.code === 'BAD_MODEL' && /10×9/.test(error.message),
    )
  })
})
