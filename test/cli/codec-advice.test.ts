import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codecAdvice } from '../../node/cli/codec-advice.js'

const run = { rounds: 40, periods: 1 }
/** Weights of softmax on digits. */
const SOFTMAX = 7850

describe('what is said of a codec before a run', () => {
  it('is that the whole model goes each time, where changes are as long', () => {
    // 5 + 2 + 3·5,233 bytes against 5 + 2·7,850: from 5,233 changes on there is nothing to save.
    assert.match(codecAdvice('top-k:0.67', SOFTMAX, run)!, /^top-k:0\.67 saves nothing: .* as in float16\./)
    assert.equal(codecAdvice('top-k:0.6', SOFTMAX, run), undefined)
    assert.match(codecAdvice('top-k:1+zlib', SOFTMAX, run)!, /^top-k:1\+zlib saves nothing/)
  })
  it('is that most weights never go, where the fraction is too small for the rounds', () => {
    // A ten-thousandth of 7,850 is less than one: one goes. 40 / 7,850 = 0.5 %; 1 / 40 = 0.025.
    assert.match(
      codecAdvice('top-k:0.0001', SOFTMAX, run)!,
      /too little for so few rounds: 1 of the model's 7,850 weights a round are 0\.5 % of them in 40; .* Choose top-k:0\.025 or more, or int8\.$/,
    )
    // 196 · 40 = 7,840 of 7,850, and 197 · 40 = 7,880.
    assert.match(codecAdvice('top-k:0.02497', SOFTMAX, run)!, /too little/)
    assert.equal(codecAdvice('top-k:0.0251', SOFTMAX, run), undefined)
    assert.equal(codecAdvice('top-k:0.0251', SOFTMAX, { rounds: 20, periods: 2 }), undefined)
  })
  it('names a fraction that can be written, and none where int8 is smaller', () => {
    // 1 / 60 = 0.01667, rounded up.
    assert.match(
      codecAdvice('top-k:0.01', SOFTMAX, { rounds: 60, periods: 1 })!,
      /Choose top-k:0\.017 or more/,
    )
    assert.match(codecAdvice('top-k:0.1', SOFTMAX, { rounds: 2, periods: 1 })!, /\. Choose int8\.$/)
  })
  it('is nothing for codecs that send each model as it is, and for auto', () => {
    for (const codec of ['float32', 'float16', 'int8+zlib', 'auto'])
      assert.equal(codecAdvice(codec, SOFTMAX, run), undefined)
  })
})
