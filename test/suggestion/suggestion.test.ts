import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { suggestionFor } from '../../protocols/suggestion.js'

const KNOWN = ['ring', 'full', 'exponential', 'one-peer-exponential', 'variance-corrected', 'none']

describe('a suggestion', () => {
  const suggests = (word: string, expected: string | undefined) =>
    assert.equal(suggestionFor(word, KNOWN), expected, word)

  it('is the nearest word that a few slips away', () => {
    // Two letters changed of 4: a third of 4, rounded up, is 2.
    suggests('rign', 'ring')
    suggests('noe', 'none')
    // Four of 18.
    suggests('varianze-korekted', 'variance-corrected')
    suggests('RING', 'ring')
  })
  it('does not count capitals on either side, and keeps those of the known word', () => {
    const keys = ['crashesPerMinute', 'leavesPerMinute', 'learningRate', 'JitterMS']
    const meant = (word: string) => suggestionFor(word, keys)
    assert.equal(meant('leavesper'), 'leavesPerMinute')
    assert.equal(meant('LEARNINGRATE'), 'learningRate')
    assert.equal(meant('ratelearning'), 'learningRate')
    // One letter of 8; four, with the capitals.
    assert.equal(meant('jitterns'), 'JitterMS')
  })
  it('is a word of the same letters', () => {
    // mlp is two changes away, and two of three letters are more than a third.
    assert.equal(suggestionFor('mpl', ['softmax', 'cnn', 'mlp']), 'mlp')
  })
  it('is not given where more than a third of the letters differ', () => {
    // f to n and an e more, with o for o: 3 of 4.
    for (const word of ['foo', 'xyzzy', 'x', '', 'x'.repeat(10_000)]) suggests(word, undefined)
  })
  it('is a word that begins like it, or with which it begins', () => {
    suggests('exp', 'exponential')
    suggests('one', 'none') // One letter away is nearer than a beginning.
    suggests('one-peer', 'one-peer-exponential')
    suggests('fully-connected', 'full')
    // Two letters say too little.
    suggests('va', undefined)
  })
})
