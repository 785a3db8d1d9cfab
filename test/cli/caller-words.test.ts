import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { awaitedCallWords, callerlessWords } from '../../node/cli/caller-words.js'

const nobody = { callers: ['id-a', 'id-b', 'id-c', 'id-d', 'id-e'], here: [] }
const bob = { callers: ['id-a', 'id-b'], here: [{ id: 'id-b', name: 'bob' }] }

describe('the words for those who may call for a merge', () => {
  it('name a few, and count the others', () => {
    assert.match(callerlessWords(nobody), /\(finalMerge\.callers: id-a, id-b, id-c and 2 more\)/)
    assert.match(callerlessWords(nobody), /they may still join, .* keeps its local model$/)
  })
  it('say who is waited for, for how long, and what follows', () => {
    const words = awaitedCallWords({ ...bob, period: 1, leftMs: 99_100 }, 1)
    assert.match(
      words,
      /^the merge is due, and this peer may not call for it: waiting for the call of bob \(id-b\),/,
    )
    assert.match(
      words,
      /nobody has called in 100 s, the run ends without it; each peer keeps its local model$/,
    )
  })
  it('say which period it is where there are several, and that the next begins, if there is one', () => {
    const words = (period: number) => awaitedCallWords({ ...nobody, period, leftMs: 600_000 }, 2)
    assert.match(
      words(1),
      /^the merge of period 1 is due, .*: nobody is here who may, id-a, .* 10 min, period 2 begins/,
    )
    assert.match(words(2), /the run ends without it/)
  })
})
