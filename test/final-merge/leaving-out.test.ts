import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import type { MergeMessage } from '../../protocols/wire/types.js'
import {
  digestOf,
  exchanging,
  giveNoAverages,
  members,
  patienceMs,
  ready,
  timing,
  wordsOf,
} from './hand-fed.js'

describe('a member that leaves others out of its rosters', () => {
  /** `b` is ready; `d` keeps its model from `a` alone, and says that it would go on without some. */
  const kept = (said: MergeMessage, from = 'd') => {
    const b = ready('b', members)
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2))
    b.hear(from, said)
    b.hear('c', b.words.ready(members, digestOf('f')))
    b.settle()
    return b
  }

  it('is not listened to when what it says can be no roster: it alone is dropped', () => {
    for (const ids of [[], ['d'], ['c', 'd']]) {
      const b = kept(wordsOf(members).roster(ids, 5))
      b.handle({ type: 'tick' }, patienceMs)
      assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
    }
  })

  it('and is left out itself is dropped, or the one that says so: not both', () => {
    const b = kept(wordsOf(members).roster(['b', 'c', 'd'], 5))
    b.handle({ type: 'tick' }, patienceMs)
    const roster = b.saidOf('roster').at(-1)!
    assert.equal(roster.attempt, 2)
    assert.equal(roster.entries.length, 3)
    // Neither `b` nor `c`, who holds the result.
    const named = roster.entries.map(({ member }) => members[member])
    assert.ok(named.includes('b') && named.includes('c'))
    // All who are ready draw the same lot.
    const c = ready('c', members)
    c.hear('a', b.words.roster(['a', 'b', 'c'], 2))
    c.hear('d', b.words.roster(['b', 'c', 'd'], 5))
    c.hear('b', b.words.ready(members, digestOf('f')))
    c.settle()
    c.handle({ type: 'tick' }, patienceMs)
    assert.deepEqual(c.saidOf('roster').at(-1), roster)
  })

  it('and has lied before is not listened to', () => {
    const b = ready('b', members)
    b.hear('d', { ...b.words.commitment('d'), samples: 2 })
    const before = b.of('fetch').length
    b.hear('d', b.words.roster(['b', 'c', 'd'], 2))
    b.settle()
    assert.equal(b.of('fetch').length, before)
    b.handle({ type: 'tick' }, patienceMs)
    assert.equal(b.machine.phase, 'ready')
  })

  it('does not get a slow one dropped as long as an honest exchange may last', () => {
    const five = [...members, 'e']
    const b = ready('b', five)
    b.hear('d', b.words.roster(['b', 'c', 'd', 'e'], 2))
    for (const id of ['c', 'e']) b.hear(id, b.words.ready(five, digestOf('f')))
    b.settle()
    for (let now = 50; now < patienceMs; now += 50) {
      b.handle({ type: 'tick' }, now)
      b.settle(now)
    }
    assert.equal(b.machine.phase, 'ready')
    b.hear('a', b.words.ready(five, digestOf('f')), patienceMs)
    assert.equal(b.machine.phase, 'voted')
  })

  it('does not end the exchange of those who wait for an average: nobody is dropped for it', () => {
    const b = exchanging('b', members)
    b.hear('d', b.words.roster([], 5))
    const end = (1 + limits.mergeExtensionsMax) * timing.pullMs
    for (let now = 0; now <= end; now += 50) {
      giveNoAverages(b, now)
      b.handle({ type: 'tick' }, now)
    }
    assert.equal(b.machine.phase, 'abandoned')
    assert.deepEqual(b.of('abandoned')[0], {
      type: 'abandoned',
      reason: 'the average was not done in time',
      missing: [],
    })
    assert.equal(
      b.saidOf('roster').length > 0 && b.saidOf('roster').every(({ attempt }) => attempt === 1),
      true,
    )
  })
})
