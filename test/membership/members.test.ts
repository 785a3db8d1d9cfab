import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMembership } from '../../protocols/membership/index.js'

const membershipOf = () => createMembership({ self: 'me', timeoutMs: 100, membersMax: 3 })

describe('the membership', () => {
  it('holds oneself and those heard from, sorted', () => {
    const membership = membershipOf()
    assert.equal(membership.heard('zoe', 0), true)
    assert.equal(membership.heard('ann', 0), true)
    assert.deepEqual(membership.members, ['ann', 'me', 'zoe'])
  })

  it('gives the same array until it changes', () => {
    const membership = membershipOf()
    membership.heard('zoe', 0)
    const before = membership.members
    assert.equal(membership.heard('zoe', 50), false)
    assert.equal(membership.heard('me', 50), false)
    assert.equal(membership.members, before)
  })

  it('drops those silent for longer than the timeout, never oneself', () => {
    const membership = membershipOf()
    membership.heard('ann', 0)
    membership.heard('zoe', 60)
    assert.deepEqual(membership.expire(100), [])
    assert.deepEqual(membership.expire(101), ['ann'])
    assert.deepEqual(membership.expire(1e9), ['zoe'])
    assert.deepEqual(membership.members, ['me'])
  })

  it('lets a member leave at once and come back', () => {
    const membership = membershipOf()
    membership.heard('ann', 0)
    assert.equal(membership.left('ann'), true)
    assert.equal(membership.left('ann'), false)
    assert.equal(membership.heard('ann', 1), true)
  })

  it('takes no more than its limit', () => {
    const membership = membershipOf()
    for (const id of ['a', 'b', 'c', 'd']) membership.heard(id, 0)
    assert.deepEqual(membership.members, ['a', 'b', 'me'])
  })
})
