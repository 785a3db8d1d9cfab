import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lookedAt } from '../harness/report/looked-at.js'

describe('how often it was looked for the target', () => {
  it('is worth no word after each round', () => {
    assert.equal(lookedAt([1, 1]), '')
    assert.equal(lookedAt([]), '')
  })
  it('is the number of rounds in between, where that was the same for all', () => {
    assert.equal(lookedAt([8, 8]), 'looked at every 8 rounds only')
    assert.equal(lookedAt([1, 8]), 'looked at in measured rounds only')
  })
})
