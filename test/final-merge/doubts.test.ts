import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fetched } from '../../protocols/final-merge/index.js'
import { Doubts } from '../../protocols/final-merge/reduce-scatter/doubts.js'

const leaves = (problem?: Fetched['problem']): Fetched => ({
  ...{ fetch: { what: 'leaves', from: 'a', digest: 'x' }, arrived: [], problem },
})
const average = (problem: Fetched['problem'], arrived: readonly number[] = []): Fetched => ({
  ...{ fetch: { what: 'reduced', from: 'a', roster: 'x', chunks: [0, 1] }, arrived, problem },
})
const doubted = (): Doubts => {
  const doubts = new Doubts()
  doubts.doubt('a')
  return doubts
}

describe('a member that is doubted', () => {
  it('is gone after two failures in a row, with a pause between them', () => {
    const doubts = doubted()
    assert.ok(doubts.isToBeAsked('a') && doubts.areOpen)
    assert.equal(doubts.fetched(leaves('unreachable')), false)
    assert.equal(doubts.isToBeAsked('a'), false)
    assert.equal(doubts.areOpen, true)
    doubts.tick()
    assert.equal(doubts.isToBeAsked('a'), true)
    assert.equal(doubts.fetched(leaves('unreachable')), true)
    assert.equal(doubts.areOpen, false)
  })

  it('is there when it answers anything: with a part, or that it has no average yet', () => {
    for (const answer of [leaves(), average('unreachable', [1]), average('none')]) {
      const doubts = doubted()
      doubts.fetched(leaves('unreachable'))
      assert.equal(doubts.fetched(answer), false)
      assert.equal(doubts.areOpen, false)
      // One failure more is the first again.
      assert.equal(doubts.fetched(leaves('unreachable')), false)
    }
  })

  it('is not there for saying that it has not got its own model', () => {
    const doubts = doubted()
    doubts.fetched(leaves('none'))
    assert.equal(doubts.fetched(leaves('none')), true)
  })

  it('is doubted once, however many say so', () => {
    const doubts = doubted()
    doubts.fetched(leaves())
    doubts.doubt('a')
    assert.equal(doubts.areOpen, false)
    assert.equal(
      doubts.fetched({ ...leaves('unreachable'), fetch: { what: 'leaves', from: 'b', digest: 'x' } }),
      false,
    )
    assert.equal(doubts.isToBeAsked('b'), false)
  })
})
