import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import { digestOf, exchanging, machineOf, members, timing, wordsOf } from './hand-fed.js'

/** Those who have too few commitments wait so long for others' rosters. */
const rostersMs = 2 * timing.repeatMs

describe('a member that is gone', () => {
  it('before it commits is waited for until commitMs and left out', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c']) b.hear(id, words.commitment(id))
    b.handle({ type: 'tick' }, 99)
    assert.equal(b.machine.phase, 'committing')
    b.handle({ type: 'tick' }, 100)
    assert.deepEqual(b.saidOf('roster'), [words.roster(['a', 'b', 'c'])])
  })

  it('before it commits is waited for as long as the largest call for the merge gives it', () => {
    const b = machineOf('b', { timing: (count) => ({ ...timing, commitMs: 100 * count }) })
    b.hear('a', wordsOf(['a', 'b']).call())
    b.freeze()
    b.hear('a', wordsOf([...members, 'e']).call(), 10)
    b.handle({ type: 'tick' }, 499)
    assert.equal(b.machine.phase, 'committing')
    b.handle({ type: 'tick' }, 500)
    assert.equal(b.machine.phase, 'committing')
    b.handle({ type: 'tick' }, 500 + rostersMs)
    assert.equal(b.machine.phase, 'abandoned')
  })

  it('in the exchange, and with it its model, leads to another attempt without it', () => {
    const b = exchanging('b', members)
    for (let i = 1; i <= limits.mergeFetchTriesMax; i++) {
      assert.ok(!b.saidOf('roster').some(({ attempt }) => attempt > 1), `try ${i}`)
      b.settle(i * 50, { silent: ['d'] })
      b.handle({ type: 'tick' }, i * 50)
    }
    assert.deepEqual(
      b.saidOf('roster').find(({ attempt }) => attempt === 2),
      b.words.roster(['a', 'b', 'c'], 2),
    )
    assert.equal(b.machine.phase, 'agreeing')
    for (const id of ['a', 'c']) b.hear(id, b.words.roster(['a', 'b', 'c'], 2), 400)
    assert.equal(b.machine.phase, 'exchanging')
    assert.equal(b.of('begin').length, 2)
  })

  it('and does not even refuse is to blame when time is up, though no fetch has failed yet', () => {
    const b = exchanging('b', members)
    for (const effect of b.of('fetch')) {
      const { fetch } = effect
      if (fetch.from === 'd' || !('chunks' in fetch)) continue
      b.handle({ type: 'fetched', fetched: { fetch, arrived: fetch.chunks } })
    }
    // The others gave something: perhaps it is still coming.
    b.handle({ type: 'tick' }, timing.pullMs)
    assert.equal(b.machine.phase, 'exchanging')
    b.handle({ type: 'tick' }, 2 * timing.pullMs)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

  it('has failed and has given nothing is to blame as soon as time is up', () => {
    const b = exchanging('b', members)
    b.settle(10, { silent: ['d'] })
    b.handle({ type: 'tick' }, timing.pullMs)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

  it('is told from one whose turn has not come: nobody is blamed for what was not asked', () => {
    const many = [...'abcdefghijkl']
    const b = exchanging('b', many, { chunks: 48 })
    const asked = b.of('fetch')
    assert.equal(asked.length, limits.mergePullsMax)
    const { fetch } = asked[0]!
    b.handle({ type: 'fetched', fetched: { fetch, arrived: 'chunks' in fetch ? fetch.chunks : [] } }, 10)
    b.handle({ type: 'tick' }, timing.pullMs)
    assert.equal(b.machine.phase, 'exchanging')
    assert.ok(b.saidOf('roster').every(({ attempt }) => attempt === 1))
  })

  it('cannot keep the others waiting by giving little: after some more time the exchange ends', () => {
    const b = exchanging('b', members)
    b.settle(10, { silent: ['d'] })
    const pieces = (nowMs: number) => {
      b.handle({ type: 'tick' }, nowMs - 1)
      const asked = b
        .of('fetch')
        .filter(({ fetch }) => fetch.from === 'd')
        .at(-1)!
      b.handle({ type: 'fetched', fetched: { fetch: asked.fetch, arrived: [99] } }, nowMs - 1)
    }
    for (let times = 1; times <= limits.mergeExtensionsMax; times++) {
      pieces(times * timing.pullMs)
      b.handle({ type: 'tick' }, times * timing.pullMs)
      assert.equal(b.machine.phase, 'exchanging', `after ${times}`)
    }
    const end = (1 + limits.mergeExtensionsMax) * timing.pullMs
    pieces(end)
    b.handle({ type: 'tick' }, end)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

  it('is to blame for a fetch that hangs since the attempt before', () => {
    const b = exchanging('b', [...members, 'e'])
    const fetchesTo = (id: string) => b.of('fetch').filter(({ fetch }) => fetch.from === id)
    const settleAllBut = (ids: string, nowMs: number) => {
      for (const { fetch } of b.of('fetch')) {
        if (ids.includes(fetch.from) || answered.has(fetch)) continue
        answered.add(fetch)
        b.handle(
          { type: 'fetched', fetched: { fetch, arrived: 'chunks' in fetch ? fetch.chunks : [] } },
          nowMs,
        )
      }
    }
    const answered = new Set<unknown>()
    settleAllBut('cd', 0)
    const { fetch } = fetchesTo('c')[0]!
    b.handle({ type: 'fetched', fetched: { fetch, arrived: [], problem: 'false' } }, 0)
    for (const id of ['a', 'd', 'e']) b.hear(id, b.words.roster(['a', 'b', 'd', 'e'], 2), 0)
    assert.equal(b.machine.phase, 'exchanging')
    for (let end = 1; b.machine.phase === 'exchanging'; end++) {
      settleAllBut('cd', end * timing.pullMs - 1)
      b.handle({ type: 'tick' }, end * timing.pullMs)
    }
    assert.equal(fetchesTo('d').length, 1)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'e'], 3))
  })
})

describe('a member whose commitment is lost on its way to some', () => {
  it('is waited for by those who have heard all, until the others had time for their rosters', () => {
    const seven = [...members, 'e', 'f', 'g']
    const words = wordsOf(seven)
    const b = machineOf('b', { timing: () => ({ ...timing, commitMs: timing.agreeMs }) })
    b.handle({ type: 'call', members: seven })
    b.freeze()
    for (const id of seven.slice(2)) b.hear(id, words.commitment(id))
    b.hear('a', words.commitment('a'))
    for (const id of ['a', 'c']) b.hear(id, words.roster(seven))
    b.settle()
    // Four of seven have not heard `g`: they propose when time for commitments is over, a little after this look.
    b.handle({ type: 'tick' }, timing.agreeMs)
    assert.equal(b.machine.phase, 'agreeing')
    for (const id of ['d', 'e', 'f', 'g']) b.hear(id, words.roster(seven.slice(0, 6)), timing.agreeMs + 20)
    b.settle(timing.agreeMs + 20)
    assert.deepEqual(b.of('abandoned'), [])
    assert.equal(b.saidOf('roster').at(-1)?.attempt, 2)
  })

  it('counts by the rosters of those who have heard it, where too few are left without it', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    const three = ['a', 'b', 'c']
    b.handle({ type: 'call', members })
    b.freeze()
    // `d` is dead, and `b` does not hear `c`.
    b.hear('a', words.commitment('a'))
    b.handle({ type: 'tick' }, timing.commitMs)
    assert.equal(b.machine.phase, 'committing')
    b.hear('a', words.roster(three), timing.commitMs + 10)
    assert.deepEqual(b.saidOf('roster').at(-1), words.roster(three))
    b.hear('c', words.roster(three), timing.commitMs + 20)
    assert.equal(b.machine.phase, 'exchanging')
  })

  it('does not count when rosters say different things of it', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    b.handle({ type: 'call', members })
    b.freeze()
    b.hear('a', words.commitment('a'))
    b.hear('a', words.roster(['a', 'b', 'c']))
    const { entries, ...roster } = words.roster(['a', 'b', 'c'])
    b.hear('d', { ...roster, entries: entries.map((entry) => ({ ...entry, samples: 7 })) })
    b.handle({ type: 'tick' }, timing.commitMs)
    b.handle({ type: 'tick' }, timing.commitMs + rostersMs)
    assert.equal(b.machine.phase, 'abandoned')
  })
})

describe('a member that is gone while a roster is agreed on', () => {
  it('before it commits is not waited for when rosters disagree', () => {
    const b = machineOf('b')
    const words = wordsOf([...members, 'e'])
    b.handle({ type: 'call', members: [...members, 'e'] })
    b.freeze()
    for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id))
    b.handle({ type: 'tick' }, timing.commitMs)
    assert.deepEqual(b.saidOf('roster').at(-1), words.roster(members))
    b.hear('a', words.roster(['a', 'b', 'c']), 110)
    b.hear('c', words.roster(['b', 'c', 'd']), 110)
    assert.equal(b.saidOf('roster').length, 1)
    b.hear('d', words.roster(['b', 'c', 'd']), 110)
    // Those whom others leave out are asked whether they are there.
    b.settle(110)
    // a 2, b 4, c 4, d 3 of four.
    assert.deepEqual(b.saidOf('roster').at(-1), words.roster(['b', 'c', 'd'], 2))
  })

  it('after it committed is waited for in each further roster for words only, as long as none was agreed on', () => {
    const seven = [...members, 'e', 'f', 'g']
    const words = wordsOf(seven)
    const b = machineOf('b')
    b.handle({ type: 'call', members: seven })
    b.freeze()
    for (const id of ['a', 'c', 'd', 'e', 'f', 'g']) b.hear(id, words.commitment(id))
    for (let attempt = 1; attempt < 4; attempt++) {
      // `g` says nothing any more; nobody else has noticed.
      assert.equal(b.saidOf('roster').at(-1)?.attempt, attempt)
      const now = attempt === 1 ? 0 : timing.commitMs + (attempt - 1) * timing.agreeMs
      for (const id of ['a', 'c']) b.hear(id, words.roster(['a', 'b', 'c', 'd'], attempt), now)
      for (const id of ['d', 'e', 'f']) b.hear(id, words.roster(seven.slice(0, 4 + attempt), attempt), now)
      b.settle(now)
      // Others may still wait for commitments in the first.
      b.handle({ type: 'tick' }, timing.commitMs + attempt * timing.agreeMs)
    }
  })

  it('is waited for as long as an exchange may last when others are busy with one', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id))
    for (const id of ['a', 'c']) b.hear(id, words.roster(['a', 'c', 'd']))
    b.settle()
    // `d` is not heard: a second attempt.
    const endMs = timing.commitMs + timing.agreeMs
    b.handle({ type: 'tick' }, endMs)
    assert.equal(b.saidOf('roster').at(-1)?.attempt, 2)
    b.hear('d', words.roster(['a', 'c', 'd']), endMs + 10)
    b.handle({ type: 'tick' }, endMs + timing.agreeMs)
    assert.equal(b.machine.phase, 'agreeing')
    for (const id of ['a', 'c', 'd']) b.hear(id, words.ready(['a', 'c', 'd'], digestOf('f')), 900)
    assert.equal(b.machine.phase, 'reading')
  })
})
