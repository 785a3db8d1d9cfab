import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import type { MergeMessage } from '../../protocols/wire/types.js'
import { digestOf, exchanging, machineOf, members, patienceMs, ready, timing, wordsOf } from './hand-fed.js'

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

  it('is taken for gone when a third of the members leave it out', () => {
    const b = exchanging('b', members)
    const without = b.words.roster(['a', 'b', 'c'], 2)
    b.hear('a', without)
    assert.equal(b.machine.phase, 'exchanging')
    // 3 · 2 ≥ 4
    b.hear('c', without)
    assert.deepEqual(b.saidOf('roster').at(-1), without)
  })

  it('is asked whether it is there when one other leaves it out, and gone if it does not answer', () => {
    const b = ready('b', members)
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2))
    const probe = b.of('fetch').at(-1)!.fetch
    const probes = b.of('fetch').length
    assert.deepEqual(probe, { what: 'leaves', from: 'd', digest: digestOf('d') })
    const failed = { fetch: probe, arrived: [], problem: 'unreachable' } as const
    b.handle({ type: 'fetched', fetched: failed })
    assert.equal(b.machine.phase, 'ready')
    // Once may be a hiccup.
    b.handle({ type: 'tick' }, 50)
    assert.equal(b.of('fetch').length, probes + 1)
    b.handle({ type: 'fetched', fetched: failed })
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

  /** `b` has lost `d` and wants to go on with three; `a` has not. */
  const disagreeing = () => {
    const b = exchanging('b', [...members, 'e'])
    for (let i = 1; i <= limits.mergeFetchTriesMax; i++) {
      b.settle(i * 50, { silent: ['d'] })
      b.handle({ type: 'tick' }, i * 50)
    }
    assert.equal(b.machine.phase, 'agreeing')
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c', 'e'], 2))
    b.effects.length = 0
    return b
  }

  it('is asked, while a roster is agreed on, by those who do not know of it', () => {
    const b = disagreeing()
    // `a` has lost `c` instead.
    b.hear('a', b.words.roster(['a', 'b', 'd', 'e'], 2))
    const probes = b.of('fetch').map(({ fetch }) => fetch)
    assert.deepEqual(probes, [{ what: 'leaves', from: 'c', digest: digestOf('c') }])
    // All have spoken, without a common roster; the next one waits for the answer.
    for (const id of ['c', 'e']) b.hear(id, b.words.roster(['a', 'b', 'c', 'd', 'e'], 2))
    assert.equal(b.saidOf('roster').at(-1)?.attempt, 2)
    const unanswered = { fetch: probes[0]!, arrived: [], problem: 'unreachable' } as const
    // Once may be a hiccup.
    b.handle({ type: 'fetched', fetched: unanswered })
    assert.equal(b.saidOf('roster').at(-1)?.attempt, 2)
    assert.equal(b.of('fetch').length, 1)
    b.handle({ type: 'tick' }, 350)
    assert.equal(b.of('fetch').length, 2)
    b.handle({ type: 'fetched', fetched: unanswered })
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'e'], 3))
  })

  it('is dropped by those who are ready when others leave it out and it does not say that it is ready too', () => {
    const b = ready('b', members)
    // `d` keeps its model from `a` alone, and answers everybody else.
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2))
    b.hear('c', b.words.ready(members, digestOf('f')))
    b.settle()
    b.handle({ type: 'tick' }, patienceMs - 1)
    assert.equal(b.machine.phase, 'ready')
    b.handle({ type: 'tick' }, patienceMs)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
    // Had it said so, two thirds would hold the result.
    const other = ready('b', members)
    other.hear('a', other.words.roster(['a', 'b', 'c'], 2))
    other.hear('d', other.words.ready(members, digestOf('f')))
    other.settle()
    other.handle({ type: 'tick' }, patienceMs)
    assert.equal(other.machine.phase, 'ready')
  })

  it('is dropped also when others have left it out for less than an exchange as the wait for two thirds ends', () => {
    const b = ready('b', members)
    const leftOutMs = timing.agreeMs + timing.pullMs
    b.handle({ type: 'tick' }, leftOutMs)
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2), leftOutMs)
    b.hear('c', b.words.ready(members, digestOf('f')), leftOutMs)
    b.settle(leftOutMs)
    b.handle({ type: 'tick' }, leftOutMs + patienceMs - 1)
    assert.equal(b.machine.phase, 'ready')
    b.handle({ type: 'tick' }, leftOutMs + patienceMs)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

  it('buys time once, and none when the wait for two thirds would be over', () => {
    const b = ready('b', members)
    const endMs = timing.agreeMs + patienceMs
    b.hear('a', b.words.roster(['a', 'b', 'd'], 2), endMs)
    b.handle({ type: 'tick' }, endMs)
    assert.equal(b.machine.phase, 'abandoned')
    // Again and again, of one that holds the result and is not dropped.
    const other = ready('b', members)
    const leftOutMs = timing.agreeMs + timing.pullMs
    other.hear('d', other.words.ready(members, digestOf('f')))
    for (let now = leftOutMs; now < leftOutMs + patienceMs; now += 100) {
      other.hear('a', other.words.roster(['a', 'b', 'c'], 2), now)
      other.settle(now)
      other.handle({ type: 'tick' }, now)
      assert.equal(other.machine.phase, 'ready', `at ${now}`)
    }
    other.handle({ type: 'tick' }, leftOutMs + patienceMs)
    assert.equal(other.machine.phase, 'abandoned')
  })

  it('is dropped by those who wait for an average that cannot be made without it', () => {
    const b = exchanging('b', members)
    const answer = (nowMs: number) => {
      for (const { fetch } of b.of('fetch').splice(0)) {
        const isAverage = fetch.what === 'reduced'
        const arrived = !isAverage && 'chunks' in fetch ? fetch.chunks : []
        const problem = isAverage ? ({ problem: 'none' } as const) : {}
        b.handle({ type: 'fetched', fetched: { fetch, arrived, ...problem } }, nowMs)
      }
    }
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2))
    const end = (1 + limits.mergeExtensionsMax) * timing.pullMs
    for (let now = 0; now < end; now += 50) {
      answer(now)
      b.handle({ type: 'tick' }, now)
      assert.equal(b.machine.phase, 'exchanging', `at ${now}`)
    }
    b.handle({ type: 'tick' }, end)
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

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
      const now = (attempt - 1) * timing.agreeMs
      for (const id of ['a', 'c']) b.hear(id, words.roster(['a', 'b', 'c', 'd'], attempt), now)
      for (const id of ['d', 'e', 'f']) b.hear(id, words.roster(seven.slice(0, 4 + attempt), attempt), now)
      b.settle(now)
      b.handle({ type: 'tick' }, attempt * timing.agreeMs)
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
    b.handle({ type: 'tick' }, timing.agreeMs)
    assert.equal(b.saidOf('roster').at(-1)?.attempt, 2)
    b.hear('d', words.roster(['a', 'c', 'd']), 310)
    b.handle({ type: 'tick' }, 2 * timing.agreeMs)
    assert.equal(b.machine.phase, 'agreeing')
    for (const id of ['a', 'c', 'd']) b.hear(id, words.ready(['a', 'c', 'd'], digestOf('f')), 900)
    assert.equal(b.machine.phase, 'reading')
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

  it('is not gone when it answers, whatever one says', () => {
    const b = disagreeing()
    b.hear('a', b.words.roster(['a', 'b', 'd', 'e'], 2))
    for (const id of ['c', 'e']) b.hear(id, b.words.roster(['a', 'b', 'c', 'd', 'e'], 2))
    b.settle()
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c', 'e'], 3))
  })

  it('is not gone for having no average yet, whatever a single other says', () => {
    const b = exchanging('b', members)
    for (const { fetch } of b.of('fetch'))
      if ('chunks' in fetch) b.handle({ type: 'fetched', fetched: { fetch, arrived: fetch.chunks } })
    const reduced = b.of('fetch').filter(({ fetch }) => fetch.what === 'reduced')
    assert.equal(reduced.length, 3)
    // A liar would leave all out but itself.
    b.hear('a', b.words.roster(['a'], 2))
    for (const { fetch } of reduced)
      b.handle({ type: 'fetched', fetched: { fetch, arrived: [], problem: 'none' } })
    assert.equal(b.saidOf('roster').length, 1)
  })

  it('is waited for by those who are ready when no roster is possible without it', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    const three = ['a', 'b', 'c']
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c']) b.hear(id, words.commitment(id))
    b.handle({ type: 'tick' }, timing.commitMs)
    for (const id of ['a', 'c']) b.hear(id, words.roster(three), timing.commitMs)
    b.settle(timing.commitMs)
    b.handle({ type: 'checked', bad: [] }, timing.commitMs)
    for (const { chunk } of b.of('judge'))
      b.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] }, timing.commitMs)
    b.handle({ type: 'assembled', digest: digestOf('f') }, timing.commitMs)
    assert.equal(b.machine.phase, 'ready')
    // Without `c` they would be two of four. It says nothing any more, but `a` and it may have got there.
    b.hear('a', words.roster(['a', 'b', 'd'], 2), 200)
    for (const nowMs of [250, 300]) {
      b.settle(nowMs, { silent: ['c'] })
      b.handle({ type: 'tick' }, nowMs)
    }
    assert.equal(b.machine.phase, 'ready')
    for (const id of ['a', 'c']) b.hear(id, words.ready(three, digestOf('f')), 400)
    assert.equal(b.machine.phase, 'voted')
  })
})

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
      for (const { fetch } of b.of('fetch').splice(0)) {
        const isAverage = fetch.what === 'reduced'
        const arrived = !isAverage && 'chunks' in fetch ? fetch.chunks : []
        const problem = isAverage ? ({ problem: 'none' } as const) : {}
        b.handle({ type: 'fetched', fetched: { fetch, arrived, ...problem } }, now)
      }
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
