import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergeMistake } from '../../node/cli/merge-mistake.js'

const ofRule = (rule: unknown) => mergeMistake({ finalMerge: { rule } }, 'finalMerge.rule')
const ofAfter = (after: unknown, key = 'finalMerge.after') => mergeMistake({ finalMerge: { after } }, key)!

describe('a rule that no merge has', () => {
  it('is shown beside those that there are, with the nearest spelling', () => {
    assert.match(ofRule('maen')!, /"maen" is no rule .* variance-corrected and mean\. Did you mean mean\?$/)
    assert.match(ofRule('variance')!, /Did you mean variance-corrected\?$/)
  })
  it('may be no text at all', () => {
    assert.match(ofRule(5)!, /: 5 is no rule of a merge; known are variance-corrected and mean\.$/)
    assert.match(ofRule(null)!, /: nothing is no rule/)
  })
  it('is left to the parser where it only does not go with the method', () => {
    assert.equal(ofRule('variance-corrected'), undefined)
  })
})

describe('a moment of the merge that makes no sense', () => {
  it('is shown with the forms that there are', () => {
    assert.match(ofAfter(20), /: 20 does not say when .* \{ time: SECONDS \}, such as \{ rounds: 20 \}\.$/)
    assert.match(ofAfter('rounds'), /: "rounds" does not say when to merge\. It must be \{ rounds: N \}/)
    assert.match(ofAfter({}), /: \{\} does not say when/)
    assert.match(ofAfter([1]), /: \[1\] does not say when/)
  })
  it('names the nearest key, and the one that counts seconds', () => {
    assert.match(ofAfter({ round: 20 }), /unknown key "round"\. Did you mean rounds\? It must be/)
    assert.match(ofAfter({ sampels: 20 }), /Did you mean samples\?/)
    assert.match(ofAfter({ seconds: 20 }), /Did you mean time\?/)
    assert.match(ofAfter({ moon: 'full' }), /unknown key "moon"\. It must be/)
  })
  it('says that only one of two can stand there', () => {
    assert.match(ofAfter({ rounds: 20, samples: 3 }), /only one of rounds, samples, time can stand there/)
  })
  it('says what its number must be', () => {
    assert.match(ofAfter({ rounds: 'many' }), /after\.rounds: "many" will not do; .* from 1 to 1000000/)
    assert.match(ofAfter({ time: -1 }, 'finalMerge.after.time'), /after\.time: -1 .* above 0, in seconds/)
    assert.match(ofAfter({ samples: 0 }, 'finalMerge.after.samples'), /after\.samples: 0 .* at least 1/)
  })
})

describe('a mistake elsewhere', () => {
  it('is left to the parser', () => {
    assert.equal(mergeMistake({ finalMerge: { weights: 'all' } }, 'finalMerge.weights'), undefined)
    assert.equal(mergeMistake(5, undefined), undefined)
    assert.equal(mergeMistake({ rule: 'maen' }, 'rule'), undefined)
  })
})
