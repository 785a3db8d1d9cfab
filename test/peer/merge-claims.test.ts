import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClaims } from '../../node/peer/merge/claims.js'

describe('what a peer claims in merges', () => {
  it('stands: the same again is no news, something else is refused', () => {
    const claims = createClaims()
    assert.equal(claims.claim('result 1.1', 'a'), true)
    assert.equal(claims.claim('result 1.1', 'a'), true)
    assert.equal(claims.claim('result 1.1', 'b'), false)
    assert.equal(claims.claim('result 1.1', 'a'), true)
    assert.equal(claims.claim('result 1.2', 'b'), true)
  })

  it('stands since an earlier life', () => {
    const claims = createClaims([['result 1.1', 'a']])
    assert.equal(claims.claim('result 1.1', 'b'), false)
    assert.equal(claims.claim('result 1.1', 'a'), true)
    claims.claim('result 1.3', 'c')
    assert.deepEqual([...claims.slots()], ['result 1.1', 'result 1.3'])
  })

  it('is written down once, before it counts', () => {
    const kept: string[][] = []
    const claims = createClaims([['old', 'x']], (slot, value) => kept.push([slot, value]))
    claims.claim('old', 'x')
    claims.claim('new', 'a')
    claims.claim('new', 'a')
    claims.claim('new', 'b')
    assert.deepEqual(kept, [['new', 'a']])
  })

  it('does not count when it could not be written down', () => {
    let isFull = true
    const claims = createClaims([], () => {
      if (isFull) throw new Error('disk full')
    })
    assert.throws(() => claims.claim('slot', 'a'), /disk full/)
    isFull = false
    assert.equal(claims.claim('slot', 'b'), true)
  })
})
