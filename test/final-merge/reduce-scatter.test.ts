import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { certificateFault } from '../../protocols/final-merge/index.js'
import { entriesDigest } from '../../protocols/final-merge/statement.js'
import { limits } from '../../protocols/limits.js'
import type { MergeMessage } from '../../protocols/wire/types.js'
import { signaturesOf } from '../harness/index.js'
import { digestOf, exchanging, machineOf, ready, timing, wordsOf } from './hand-fed.js'

const members = ['a', 'b', 'c', 'd']
/** As long as an honest exchange may last: so long those who are ready wait for whom others leave out. */
const patienceMs = (1 + limits.mergeExtensionsMax) * timing.pullMs
const types = (items: readonly { readonly type: string }[]): string[] => items.map(({ type }) => type)
const withoutTime = (items: readonly { readonly type: string }[]): string[] =>
  types(items).filter((type) => type !== 'setTick')

describe('a merge without trouble, as one of four members sees it', () => {
  const words = wordsOf(members)

  it('goes call → freeze → commitment → roster → exchange → ready → vote → certificate', () => {
    const b = machineOf('b')
    assert.deepEqual(withoutTime(b.hear('a', words.call())), ['broadcast', 'freeze'])
    assert.equal(b.machine.phase, 'freezing')
    assert.deepEqual(types(b.said), ['call'])

    b.freeze()
    assert.equal(b.machine.phase, 'committing')
    assert.deepEqual(b.said.at(-1), words.commitment('b'))

    for (const id of ['a', 'c']) assert.deepEqual(b.hear(id, words.commitment(id)), [])
    b.hear('d', words.commitment('d'))
    assert.equal(b.machine.phase, 'agreeing')
    assert.deepEqual(b.said.at(-1), words.roster(members))

    // Three of four, itself among them: 2 · 4 / 3 = 2.7
    assert.deepEqual(b.hear('a', words.roster(members)), [])
    const begun = b.hear('d', words.roster(members))
    assert.equal(b.machine.phase, 'exchanging')
    assert.deepEqual(b.of('begin', begun)[0]?.roster, {
      digest: words.rosterOf(members),
      models: members.map((id) => ({ id, digest: digestOf(id), share: 0.25 })),
    })
    // Four chunks, four members: one each. First it wants everyone's piece of its own.
    const own = b.of('fetch', begun)
    assert.deepEqual(
      own.map(({ fetch }) => [fetch.what, fetch.from]),
      [
        ['pieces', 'c'],
        ['pieces', 'd'],
        ['pieces', 'a'],
      ],
    )
    b.settle()
    assert.equal(b.of('reduce').length, 1)
    // Then its average, what is left to vouch for or to audit, and its sketch.
    const fetches = b.of('fetch').map(({ fetch }) => fetch)
    for (const from of ['a', 'c', 'd']) {
      const asked = fetches.filter((fetch) => fetch.from === from).map((fetch) => fetch.what)
      assert.deepEqual([...new Set(asked)], ['pieces', 'reduced', 'sketch'])
      assert.equal(asked.filter((what) => what !== 'pieces').length, 2)
    }
    assert.equal(b.of('check').length, 1)
    assert.equal(b.of('judge').length, 0)

    b.handle({ type: 'checked', bad: [] })
    const audits = b.of('judge')
    assert.equal(audits.length, limits.mergeAudits)
    for (const { chunk } of audits) b.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] })
    assert.equal(b.of('assemble').length, 1)
    b.handle({ type: 'assembled', digest: digestOf('f') })
    assert.equal(b.machine.phase, 'ready')
    assert.deepEqual(b.said.at(-1), words.ready(members, digestOf('f')))

    b.hear('a', words.ready(members, digestOf('f')))
    b.hear('c', words.ready(members, digestOf('f')))
    assert.equal(b.machine.phase, 'voted')
    assert.deepEqual(b.said.at(-1), words.vote('b', members, digestOf('f')))

    b.hear('c', words.vote('c', members, digestOf('f')))
    b.hear('d', words.vote('d', members, digestOf('f')))
    assert.equal(b.machine.phase, 'merged')
    const [outcome] = b.of('merged')
    assert.equal(outcome?.mergeId, '1.1')
    assert.deepEqual(outcome?.roster, members)
    assert.deepEqual(outcome.agreed, ['b', 'c', 'd'])
    assert.deepEqual(outcome.missing, [])
    assert.equal(outcome.digest, digestOf('f'))
    assert.equal(outcome.attempts, 1)
    assert.equal(certificateFault(outcome.certificate!, signaturesOf('x').verify), undefined)
  })

  it('is over at once for a member alone', () => {
    const a = machineOf('a')
    a.handle({ type: 'call', members: ['a'] })
    a.freeze()
    assert.equal(a.of('reduce').length, 4)
    a.handle({ type: 'assembled', digest: digestOf('f') })
    assert.equal(a.machine.phase, 'merged')
  })

  it('weighs models by their examples where that is wanted', () => {
    const a = machineOf('a', { weighting: 'samples' })
    const pair = wordsOf(['a', 'b'])
    a.handle({ type: 'call', members: ['a', 'b'] })
    a.freeze()
    const b = { member: 1, digest: digestOf('b'), samples: 3 }
    a.hear('b', { ...pair.commitment('b'), samples: 3 })
    a.hear('b', { ...pair.roster(['a']), entries: [pair.entryOf('a'), b] })
    // 1 / (1 + 3) and 3 / (1 + 3)
    assert.deepEqual(
      a.of('begin')[0]?.roster.models.map(({ share }) => share),
      [0.25, 0.75],
    )
  })

  it('repeats its words every repeatMs, and asks whether it has missed the end', () => {
    const b = exchanging('b', members)
    b.said.length = 0
    b.handle({ type: 'tick' }, 50)
    assert.deepEqual(types(b.said), ['call', 'commitment', 'roster', 'ask'])
    assert.deepEqual(b.of('setTick').at(-1), { type: 'setTick', atMs: 100 })
  })

  it('repeats them twice and then at every fourth time, while nothing new is to be said', () => {
    const b = exchanging('b', members)
    const repeated = Array.from({ length: 16 }, (_, i) => 1 + i).filter((time) => {
      b.said.length = 0
      b.handle({ type: 'tick' }, 50 * time)
      return b.said.length > 0
    })
    assert.deepEqual(repeated, [1, 2, 4, 8, 12, 16])
  })
})

describe("a member's own call", () => {
  it('is given up at once when nobody would hear it, and not made by whoever may not call', () => {
    const a = machineOf('a', { members: () => ['a', 'x', 'y', 'z'] })
    const effects = a.handle({ type: 'call', members })
    assert.deepEqual(effects, [
      {
        type: 'abandoned',
        reason: 'the members to be called are not those who are here',
        missing: ['b', 'c', 'd'],
      },
    ])
    assert.equal(a.machine.phase, 'abandoned')
    const b = machineOf('b', { mayCall: (id) => id !== 'b' })
    assert.deepEqual(b.handle({ type: 'call', members }), [])
    assert.equal(b.machine.phase, 'idle')
  })

  it('is made however many strangers have spoken of calls before', () => {
    const b = machineOf('b')
    for (let i = 0; i < 2 * limits.mergeMembersMax; i++) b.hear(`z${i}`, wordsOf(['x', 'y']).call())
    b.handle({ type: 'call', members })
    assert.equal(b.machine.phase, 'freezing')
    assert.deepEqual(b.saidOf('call')[0]?.members, members)
  })
})

describe('a newcomer', () => {
  const words = wordsOf(members)
  /** Twice as long as members are silent between repetitions. */
  const silenceMs = 2 * 4 * timing.repeatMs

  /** `e` hears that four others merge. */
  const newcomer = () => {
    const e = machineOf('e')
    e.hear('a', words.call())
    return e
  }

  it('does not call while a third of the members of a call without it speak, and calls when they stop', () => {
    const e = newcomer()
    for (const id of ['a', 'b']) e.hear(id, words.roster(members), 10)
    e.handle({ type: 'call', members: [...members, 'e'] }, 20)
    assert.deepEqual(e.saidOf('call'), [])
    for (const id of ['a', 'b']) e.hear(id, words.ready(members, digestOf('f')), 300)
    for (let now = e.of('setTick').at(-1)!.atMs; now < 300 + silenceMs; now = e.of('setTick').at(-1)!.atMs) {
      assert.deepEqual(e.saidOf('call'), [], `at ${now}`)
      e.handle({ type: 'tick' }, now)
    }
    e.handle({ type: 'tick' }, e.of('setTick').at(-1)!.atMs)
    assert.deepEqual(e.saidOf('call').at(-1)?.members, [...members, 'e'])
    assert.equal(e.saidOf('call').at(-1)?.mergeId, '1.2')
  })

  it('is not kept from calling by one that speaks for ever', () => {
    const e = newcomer()
    e.hear('a', words.roster(members), 10)
    e.handle({ type: 'call', members: [...members, 'e'] }, 20)
    assert.equal(e.machine.phase, 'freezing')
  })
})

describe('a call that ends another', () => {
  it('leaves the pieces of models that stay frozen: they are not fetched again', () => {
    const five = [...members, 'e']
    const b = exchanging('b', five, { chunks: 20 })
    b.settle()
    const chunksOf = (from: string) =>
      b
        .of('fetch')
        .flatMap(({ fetch }) => (fetch.from === from && fetch.what === 'pieces' ? fetch.chunks : []))
    const before = chunksOf('a')
    assert.ok(before.length >= 4)
    b.effects.length = 0
    const newer = wordsOf(five, '1.2')
    b.hear('c', newer.call('c'), 10)
    assert.deepEqual(b.of('freeze'), [])
    for (const id of ['a', 'c', 'd', 'e']) b.hear(id, newer.commitment(id), 10)
    for (const id of ['a', 'c', 'd', 'e']) b.hear(id, newer.roster(five), 10)
    b.settle(10)
    assert.equal(b.machine.phase, 'exchanging')
    assert.ok(b.of('begin').length === 1 && chunksOf('a').length > 0)
    for (const chunk of chunksOf('a')) assert.ok(!before.includes(chunk), `${chunk}`)
  })
})

describe('a merge that is over', () => {
  it('is settled when all have voted for its result, not when one voted for another', () => {
    const f = digestOf('f')
    const b = ready('b', members)
    for (const id of ['a', 'c']) b.hear(id, b.words.ready(members, f))
    b.hear('d', b.words.vote('d', ['a', 'c', 'd'], digestOf('9')))
    for (const id of ['a', 'c']) b.hear(id, b.words.vote(id, members, f))
    assert.equal(b.machine.phase, 'merged')
    assert.equal(b.of('settled').length, 0)
    const agreeing = ready('b', members)
    for (const id of ['a', 'c']) agreeing.hear(id, agreeing.words.ready(members, f))
    for (const id of ['a', 'c']) agreeing.hear(id, agreeing.words.vote(id, members, f))
    assert.equal(agreeing.of('settled').length, 0)
    agreeing.hear('d', agreeing.words.vote('d', members, f))
    assert.equal(agreeing.of('settled').length, 1)
  })
})

describe('a member that is slower than two thirds', () => {
  it('reads their result, and says by its vote that it has it', () => {
    const f = digestOf('f')
    const b = exchanging('b', members)
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.vote(id, members, f))
    const reading = b.of('fetch').find(({ fetch }) => fetch.what === 'result')!
    b.handle({ type: 'fetched', fetched: { fetch: reading.fetch, arrived: [] } })
    assert.equal(b.machine.phase, 'merged')
    assert.deepEqual(b.saidOf('result')[0], b.words.vote('b', members, f))
    assert.equal(b.of('settled').length, 1)
  })
})

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

describe('fetches', () => {
  const many = Array.from({ length: 40 }, (_, i) => `m${String(i).padStart(2, '0')}`)

  it('are a few at once, whatever others say', () => {
    const fed = exchanging('m05', many, { chunks: 80 })
    assert.equal(fed.of('fetch').length, limits.mergePullsMax)
    fed.hear('m01', fed.words.roster(['m01'], 2))
    assert.equal(fed.of('fetch').length, limits.mergePullsMax)
  })

  it('from before the own model was frozen anew count for nothing', () => {
    const b = exchanging('b', members)
    const [early] = b.of('fetch')
    b.handle({ type: 'tick' }, 10_000)
    for (let now = 20_000; b.machine.phase !== 'abandoned'; now += 10_000) b.handle({ type: 'tick' }, now)
    const words = wordsOf(members, '1.2')
    b.hear('a', words.call())
    b.handle({ type: 'frozen', digest: digestOf('e'), samples: 1 })
    const before = b.effects.length
    b.handle({ type: 'fetched', fetched: { fetch: early!.fetch, arrived: [], problem: 'false' } })
    assert.deepEqual(b.of('accused', b.effects.slice(before)), [])
  })
})

describe('averages for others', () => {
  it('are made by the owner’s stand-in when it is asked', () => {
    const five = [...members, 'e']
    const asked = members.map((self) => {
      const fed = exchanging(self, five, { chunks: 1 })
      const before = fed.of('fetch').length
      fed.handle({ type: 'wanted', chunk: 0 })
      return { before, after: fed.of('fetch').filter(({ fetch }) => fetch.what === 'pieces').length }
    })
    // One chunk has an owner and two stand-ins; each wants the other four pieces. Who is neither does nothing.
    const makers = asked.filter(({ after }) => after > 0).length
    assert.ok(makers >= 2 && makers <= 3, JSON.stringify(asked))
  })

  it('are not made by whoever is not in the roster, nor of chunks that there are not', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id))
    for (const id of ['a', 'c', 'd']) b.hear(id, words.roster(['a', 'c', 'd']))
    assert.equal(b.machine.phase, 'exchanging')
    const pieces = () => b.of('fetch').filter(({ fetch }) => fetch.what === 'pieces').length
    for (const chunk of [0, 1, 2, 3, 4, 1e9]) b.handle({ type: 'wanted', chunk })
    assert.equal(pieces(), 0)
  })
})

describe('a lie', () => {
  it('in a piece is named, and its maker left out of the next attempt', () => {
    const b = exchanging('b', members)
    const [effect] = b.of('fetch').filter(({ fetch }) => fetch.from === 'd')
    b.handle({ type: 'fetched', fetched: { fetch: effect!.fetch, arrived: [], problem: 'false' } })
    assert.deepEqual(b.of('accused'), [{ type: 'accused', id: 'd', fault: 'false-model' }])
    assert.deepEqual(b.saidOf('roster').at(-1), b.words.roster(['a', 'b', 'c'], 2))
  })

  it('in an average is found by the sketches, mended and named', () => {
    const b = exchanging('b', members)
    b.settle()
    const foreign = b.of('fetch').find(({ fetch }) => fetch.what === 'reduced')!.fetch
    assert.ok('chunks' in foreign)
    const [chunk] = foreign.chunks
    b.handle({ type: 'checked', bad: [chunk!] })
    b.settle()
    for (const effect of b.of('judge')) {
      b.handle({ type: 'judged', chunk: effect.chunk, wrong: effect.chunk === chunk, falseSketches: [] })
    }
    assert.deepEqual(b.of('accused'), [{ type: 'accused', id: foreign.from, fault: 'wrong-average' }])
    assert.equal(b.of('assemble').length, 1)
  })

  it('in a commitment is named, and its model is not in the roster', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id === 'd' ? 'd' : id))
    const two = machineOf('b')
    two.handle({ type: 'call', members })
    two.freeze()
    two.hear('d', words.commitment('d'))
    assert.deepEqual(two.of('accused', two.hear('d', { ...words.commitment('d'), samples: 2 })), [
      { type: 'accused', id: 'd', fault: 'equivocated' },
    ])
    for (const id of ['a', 'c']) two.hear(id, words.commitment(id))
    assert.deepEqual(two.saidOf('roster').at(-1), words.roster(['a', 'b', 'c']))
  })

  it('of a stranger changes nothing', () => {
    const b = exchanging('b', members)
    const before = b.effects.length
    b.hear('z', b.words.roster(['a'], 5))
    b.hear('z', b.words.commitment('z'))
    b.hear('z', { ...b.words.commitment('z'), samples: 9 })
    b.hear('z', b.words.ready(members, digestOf('0')))
    b.hear('z', b.words.vote('z', members, digestOf('0')))
    assert.deepEqual(withoutTime(b.effects.slice(before)), [])
  })

  it('in a vote that is signed by nobody, or for another call, does not count', () => {
    const b = ready('b', members)
    for (const id of ['a', 'c', 'd']) {
      b.hear(id, { ...b.words.vote(id, members, digestOf('0')), signature: new Uint8Array(64) })
      b.hear(id, { ...b.words.vote(id, members, digestOf('0')), signature: new Uint8Array(0) })
    }
    assert.equal(b.machine.phase, 'ready')
    assert.deepEqual(
      b.of('fetch').filter(({ fetch }) => fetch.what === 'result'),
      [],
    )
  })
})

describe('hostile words', () => {
  const words = wordsOf(members)

  it('cannot make a roster of members that the call does not have, even with a quorum of liars', () => {
    const b = machineOf('b')
    b.handle({ type: 'call', members })
    b.freeze()
    const entries = [0, 1, 200, 249].map((member) => ({ member, digest: digestOf('e'), samples: 1 }))
    for (const id of ['a', 'c', 'd']) {
      b.hear(id, { type: 'roster', mergeId: '1.1', call: words.digest, attempt: 1, entries })
      b.hear(id, { type: 'roster', mergeId: '1.1', call: words.digest, attempt: 2, entries: [] })
      b.hear(id, { type: 'roster', mergeId: '1.1', call: words.digest, attempt: 0, entries })
    }
    assert.deepEqual(b.of('begin'), [])
    const roster = entriesDigest(words.digest, entries)
    for (const id of ['a', 'c', 'd']) b.hear(id, { ...words.vote(id, members, digestOf('0')), roster })
    assert.equal(b.machine.phase, 'committing')
  })

  it('cannot keep the members named in the call from being heard, however many strangers speak first', () => {
    const b = machineOf('b')
    for (let i = 0; i < 2 * limits.mergeMembersMax; i++) b.hear(`z${i}`, words.commitment('e'))
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id))
    assert.equal(b.machine.phase, 'agreeing')
  })

  it('cannot crowd out the call that members follow with other calls', () => {
    const d = machineOf('d', { members: () => members })
    d.hear('a', words.call())
    for (let sequence = 2; sequence < 60; sequence++)
      d.hear('c', wordsOf(['a', 'c', 'd'], `1.${sequence}`).call('c'))
    // The others go on with the first one; d reads their result.
    for (const id of ['a', 'b', 'c']) d.hear(id, words.roster(members))
    for (const id of ['a', 'b', 'c']) d.hear(id, words.vote(id, members, digestOf('f')))
    assert.equal(d.machine.phase, 'reading')
  })

  it('cannot make a merge of liars alone the merge of all', () => {
    const b = machineOf('b', { members: () => members })
    const alone = wordsOf(['a'])
    b.hear('a', alone.call())
    b.hear('a', alone.roster(['a']))
    b.hear('a', alone.vote('a', ['a'], digestOf('0')))
    assert.equal(b.machine.phase, 'idle')
    assert.deepEqual(b.effects, [])
    // Nor can made-up members make it a large one.
    const many = wordsOf([...members, ...Array.from({ length: 5 }, (_, i) => `z${i}`)])
    b.hear('a', many.call())
    assert.equal(b.machine.phase, 'idle')
    b.hear('a', words.call())
    assert.equal(b.machine.phase, 'freezing')
  })

  it('cannot end a merge by calling again and again', () => {
    const b = exchanging('b', members)
    for (let sequence = 2; sequence < 20; sequence++) b.hear('d', wordsOf(members, `1.${sequence}`).call('d'))
    const interrupted = 1 + limits.mergeCallsMax
    assert.equal(b.saidOf('commitment').at(-1)?.mergeId, `1.${interrupted}`)
    // A third of the members can: one of them is honest.
    const late = wordsOf(members, '1.19')
    b.hear('d', late.commitment('d'))
    assert.equal(b.saidOf('commitment').at(-1)?.mergeId, `1.${interrupted}`)
    b.hear('a', late.commitment('a'))
    assert.equal(b.saidOf('commitment').at(-1)?.mergeId, '1.19')
  })

  it('cannot use up the numbers of calls', () => {
    const b = machineOf('b')
    b.hear('d', wordsOf(members, '1.999999999').call('d'))
    assert.equal(b.machine.phase, 'idle')
    b.handle({ type: 'call', members })
    assert.equal(b.saidOf('call')[0]?.mergeId, '1.1')
  })

  it('of any kind, at any moment, crash nothing', () => {
    const from = [...members, 'z']
    const hostile: MergeMessage[] = [
      words.call('a'),
      words.call('z'),
      { ...words.call('a'), members: [] },
      { ...words.call('a'), members: ['b', 'a'] },
      { ...words.call('a'), mergeId: 'x' },
      { ...words.commitment('a'), mergeId: '2.1' },
      words.commitment('e'),
      words.roster([]),
      words.roster(['d'], 0),
      {
        ...words.roster(members, 5),
        entries: [{ member: 249, digest: digestOf('e'), samples: Number.MAX_SAFE_INTEGER }],
      },
      words.ready(members, digestOf('0')),
      words.ready(['a'], digestOf('1'), 5),
      words.vote('c', ['a'], digestOf('0')),
      { type: 'holdings', mergeId: '1.1', attempt: 1, have: ['a'] },
      { type: 'ask', mergeId: '1.1' },
      { type: 'ask', mergeId: '?' },
    ]
    const moments = [() => machineOf('b'), () => exchanging('b', members), () => ready('b', members)]
    for (const moment of moments) {
      for (const first of hostile) {
        const fed = moment()
        for (const id of from) fed.hear(id, first)
        for (const id of from) for (const message of hostile) fed.hear(id, message)
        for (let now = 50; now < 30_000; now += 150) fed.handle({ type: 'tick' }, now)
        fed.settle(30_000)
        assert.ok(['idle', 'abandoned', 'merged'].includes(fed.machine.phase), fed.machine.phase)
      }
    }
  })
})

describe('a result that this peer could not make', () => {
  const f = digestOf('f')

  it('is read from one of those who hold it, and voted for', () => {
    const b = exchanging('b', members)
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    assert.equal(b.machine.phase, 'reading')
    const { fetch } = b.of('fetch').at(-1)!
    assert.equal(fetch.what === 'result' && fetch.digest, f)
    b.handle({ type: 'fetched', fetched: { fetch, arrived: [] } })
    assert.equal(b.machine.phase, 'voted')
    assert.deepEqual(b.saidOf('result'), [b.words.vote('b', members, f)])
  })

  it('leaves the attempt behind that this peer was in, whoever is lost of it', () => {
    const b = exchanging('b', members)
    const pieces = b.of('fetch').find(({ fetch }) => fetch.from === 'd')!.fetch
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    // Now only two of four say that they hold it.
    b.hear('c', wordsOf(members, '1.2').commitment('c'))
    const result = b.of('fetch').find(({ fetch }) => fetch.what === 'result')!.fetch
    b.handle({ type: 'fetched', fetched: { fetch: result, arrived: [] } })
    assert.equal(b.machine.phase, 'ready')
    const asked = b.of('fetch').length
    b.handle({ type: 'fetched', fetched: { fetch: pieces, arrived: [], problem: 'unreachable' } })
    b.handle({ type: 'tick' }, 50)
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2), 60)
    b.hear('d', b.words.roster(['a', 'b', 'c'], 2), 60)
    assert.equal(b.of('fetch').length, asked)
    assert.ok(b.saidOf('roster').every(({ attempt }) => attempt === 1))
    b.handle({ type: 'tick' }, timing.agreeMs)
    assert.equal(b.machine.phase, 'abandoned')
  })

  it('is fetched once at a time, from one holder after the other, and again with every tick', () => {
    const b = exchanging('b', members)
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    const results = () => b.of('fetch').filter(({ fetch }) => fetch.what === 'result')
    b.handle({ type: 'tick' }, 50)
    assert.equal(results().length, 1)
    for (let i = 0; i < 3; i++) {
      b.handle(
        { type: 'fetched', fetched: { fetch: results().at(-1)!.fetch, arrived: [], problem: 'none' } },
        60,
      )
    }
    assert.deepEqual(new Set(results().map(({ fetch }) => fetch.from)), new Set(['a', 'c', 'd']))
    assert.equal(results().length, 3)
    b.handle({ type: 'tick' }, 100)
    b.handle({ type: 'tick' }, 150)
    assert.equal(results().length, 4)
  })

  it('is read by a peer that the call does not name', () => {
    const e = machineOf('e')
    const words = wordsOf(members)
    assert.deepEqual(withoutTime(e.hear('a', words.call())), [])
    for (const id of ['a', 'b', 'c']) e.hear(id, words.vote(id, members, f))
    // The votes are there, but not what they are over.
    assert.equal(e.machine.phase, 'idle')
    e.hear('a', words.roster(members))
    assert.equal(e.machine.phase, 'reading')
    e.handle({ type: 'fetched', fetched: { fetch: e.of('fetch').at(-1)!.fetch, arrived: [] } })
    assert.equal(e.of('merged')[0]?.digest, f)
    assert.deepEqual(e.saidOf('result'), [])
  })

  it('counts even when one of its voters moves on while it is read', () => {
    const e = machineOf('e')
    const words = wordsOf(members)
    e.hear('a', words.call())
    e.hear('a', words.roster(members))
    for (const id of ['a', 'b', 'c']) e.hear(id, words.vote(id, members, f))
    e.hear('c', wordsOf(members, '1.2').commitment('c'))
    e.handle({ type: 'fetched', fetched: { fetch: e.of('fetch').at(-1)!.fetch, arrived: [] } })
    assert.equal(e.machine.phase, 'merged')
  })

  it('and is not to be had does not keep this peer from a newer call', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    const newer = wordsOf(members, '1.2')
    b.handle({ type: 'call', members })
    b.freeze()
    b.handle({ type: 'tick' }, timing.commitMs)
    assert.equal(b.machine.phase, 'abandoned')
    b.hear('a', words.roster(['a', 'c', 'd']))
    for (const id of ['a', 'c', 'd']) b.hear(id, words.vote(id, ['a', 'c', 'd'], f), 200)
    assert.equal(b.machine.phase, 'reading')
    b.hear('a', newer.call(), 300)
    assert.equal(b.machine.phase, 'reading')
    // As long as reading may last.
    b.handle({ type: 'tick' }, 200 + timing.pullMs + timing.agreeMs)
    assert.equal(b.machine.phase, 'freezing')
    b.hear('a', newer.commitment('a'), 1600)
    assert.equal(b.machine.phase, 'freezing')
  })

  it('and was not to be had may be what this peer makes itself in a newer call', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    const newer = wordsOf(members, '1.2')
    b.handle({ type: 'call', members })
    b.freeze()
    b.handle({ type: 'tick' }, timing.commitMs)
    b.hear('a', words.roster(['a', 'c', 'd']))
    for (const id of ['a', 'c', 'd']) b.hear(id, words.vote(id, ['a', 'c', 'd'], f), 200)
    b.hear('a', newer.call(), 300)
    const now = 200 + timing.pullMs + timing.agreeMs
    b.handle({ type: 'tick' }, now)
    b.freeze(now)
    for (const id of ['a', 'c', 'd']) b.hear(id, newer.commitment(id), now)
    for (const id of ['a', 'c', 'd']) b.hear(id, newer.roster(members), now)
    b.settle(now)
    b.handle({ type: 'checked', bad: [] }, now)
    b.settle(now)
    for (const { chunk } of b.of('judge'))
      b.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] }, now)
    b.handle({ type: 'assembled', digest: f }, now)
    assert.equal(b.machine.phase, 'ready')
    for (const id of ['a', 'c', 'd']) b.hear(id, newer.ready(members, f), now)
    for (const id of ['a', 'c', 'd']) b.hear(id, newer.vote(id, members, f), now)
    assert.equal(b.machine.phase, 'merged')
    assert.equal(b.of('abandoned').length, 1)
  })

  it('is asked for, ever more rarely, by a peer whose merge was abandoned', () => {
    const b = machineOf('b')
    b.handle({ type: 'call', members })
    b.freeze()
    b.handle({ type: 'tick' }, 100)
    assert.equal(b.machine.phase, 'abandoned')
    const before = b.saidOf('ask').length
    const waits: number[] = []
    for (let now = 100; ;) {
      const next = b.of('setTick').at(-1)!.atMs
      if (next === now || waits.length > 2 * limits.mergeAsksMax) break
      waits.push((next - now) / timing.repeatMs)
      now = next
      if (b.handle({ type: 'tick' }, now).length === 0) break
    }
    assert.deepEqual(waits.slice(0, 7), [4, 8, 16, 32, 64, 64, 64])
    assert.equal(b.saidOf('ask').length - before, limits.mergeAsksMax)
  })

  it('is answered for with the roster that was voted for, also by those who had gone on to another attempt', () => {
    const b = ready('b', members)
    const { words } = b
    // d is gone for a third: a second attempt. Then the words that make the first one count arrive.
    for (const id of ['a', 'c']) b.hear(id, words.roster(['a', 'b', 'c'], 2))
    assert.equal(b.saidOf('roster').at(-1)?.attempt, 2)
    for (const id of ['a', 'c']) b.hear(id, words.ready(members, f))
    for (const id of ['a', 'c']) b.hear(id, words.vote(id, members, f))
    assert.equal(b.machine.phase, 'merged')
    b.said.length = 0
    b.hear('e', { type: 'ask', mergeId: '1.1' }, 1000)
    assert.deepEqual(types(b.said), ['call', 'commitment', 'roster', 'ready', 'result'])
    assert.deepEqual(b.saidOf('roster'), [words.roster(members)])
    // Not more often than words are repeated anyway.
    assert.deepEqual(b.hear('e', { type: 'ask', mergeId: '1.1' }, 1049), [])
  })

  it('is answered for by a voter that did not hear enough votes, so that others may', () => {
    const b = ready('b', members)
    for (const id of ['a', 'c']) b.hear(id, b.words.ready(members, f))
    assert.equal(b.machine.phase, 'voted')
    b.handle({ type: 'tick' }, timing.agreeMs)
    assert.equal(b.machine.phase, 'abandoned')
    b.said.length = 0
    b.hear('e', { type: 'ask', mergeId: '1.1' }, 1000)
    assert.deepEqual(b.saidOf('result'), [b.words.vote('b', members, f)])
  })
})

describe('one vote', () => {
  const f = digestOf('f')

  it('is all that a peer casts in a call, also after a restart', () => {
    const b = ready('b', members)
    for (const id of ['a', 'c']) b.hear(id, b.words.ready(members, f))
    assert.deepEqual(b.saidOf('result'), [b.words.vote('b', members, f)])

    // Its process starts anew: all it knows is what it claimed, and its model is another.
    const again = machineOf('b', {
      claim: (slot, value) => (b.claims.get(slot) ?? value) === value,
    })
    again.hear('a', b.words.call())
    again.handle({ type: 'frozen', digest: digestOf('e'), samples: 1 })
    assert.deepEqual(again.saidOf('commitment'), [])
    for (const id of ['a', 'c', 'd']) again.hear(id, b.words.commitment(id))
    const smaller = ['a', 'c', 'd']
    for (const id of smaller) again.hear(id, b.words.roster(smaller))
    for (const id of smaller) again.hear(id, b.words.ready(smaller, digestOf('0')))
    assert.equal(again.machine.phase, 'reading')
    again.handle({ type: 'fetched', fetched: { fetch: again.of('fetch').at(-1)!.fetch, arrived: [] } })
    assert.equal(again.machine.phase, 'voted')
    assert.deepEqual(again.saidOf('result'), [])
    // It takes what two thirds agree on all the same.
    for (const id of smaller) again.hear(id, b.words.vote(id, smaller, digestOf('0')))
    assert.equal(again.machine.phase, 'merged')
  })

  it('is not followed by part in another merge until it is given up', () => {
    const b = ready('b', members)
    for (const id of ['a', 'c']) b.hear(id, b.words.ready(members, f))
    const next = wordsOf(members, '1.2')
    b.hear('a', next.call())
    for (const id of ['a', 'c', 'd']) b.hear(id, next.commitment(id))
    assert.equal(b.machine.phase, 'voted')
    b.handle({ type: 'tick' }, timing.agreeMs)
    b.hear('c', next.call(), timing.agreeMs)
    assert.equal(b.machine.phase, 'freezing')
  })

  it('is for what this peer holds: an average of an attempt that was given up is not taken for the next one’s', () => {
    const b = exchanging('b', members)
    b.settle()
    b.handle({ type: 'checked', bad: [] })
    for (const { chunk } of b.of('judge'))
      b.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] })
    assert.equal(b.of('assemble').length, 1)
    for (const id of ['a', 'c']) b.hear(id, b.words.roster(['a', 'b', 'c'], 2))
    assert.equal(b.of('begin').length, 2)
    b.handle({ type: 'assembled', digest: f })
    assert.deepEqual(b.saidOf('ready'), [])
  })
})

describe('an abandoned merge', () => {
  it('says what was missing, and leaves the peer free for the next call, with a fresh model', () => {
    const b = machineOf('b')
    b.handle({ type: 'call', members })
    b.freeze()
    b.hear('a', wordsOf(members).commitment('a'))
    const effects = b.handle({ type: 'tick' }, 100)
    assert.deepEqual(b.of('abandoned', effects), [
      { type: 'abandoned', reason: '2 of 4 members committed, 3 are needed', missing: ['c', 'd'] },
    ])
    b.handle({ type: 'call', members }, 200)
    assert.equal(b.saidOf('call').at(-1)?.mergeId, '1.2')
    assert.equal(b.of('freeze').length, 2)
  })

  it('comes at last, whoever falls silent when', () => {
    // commitMs, then 14 · agreeMs + 16 · pullMs: see README.md
    const lastMs = 100 + 14 * 300 + 16 * 1000
    for (const moment of [() => exchanging('b', members), () => ready('b', members)]) {
      const b = moment()
      for (let now = 50; now <= lastMs + 50; now += 50) {
        b.handle({ type: 'tick' }, now)
        b.settle(now, { silent: ['a', 'c', 'd'] })
      }
      assert.equal(b.machine.phase, 'abandoned')
    }
  })
})
