import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { votedMs } from '../../protocols/final-merge/reduce-scatter/deadline.js'
import { longestCallMs } from '../../protocols/final-merge/reduce-scatter/longest-call.js'
import { limits } from '../../protocols/limits.js'
import { digestOf, exchanging, machineOf, members, timing, wordsOf, type HandFed } from './hand-fed.js'

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

describe('a call that names a newcomer', () => {
  it('is taken up by those who do not know it yet when they have heard of it, and holds up nobody until then', () => {
    const five = wordsOf([...members, 'e'])
    let here: readonly string[] = members
    const b = machineOf('b', { members: () => here })
    b.hear('d', five.call('d'))
    assert.equal(b.machine.phase, 'idle')
    b.hear('a', wordsOf(members).call())
    b.freeze()
    assert.equal(b.machine.phase, 'committing')
    here = [...members, 'e']
    b.hear('d', five.call('d'), timing.repeatMs)
    for (const id of ['a', 'c', 'd', 'e']) b.hear(id, five.commitment(id), timing.repeatMs)
    assert.deepEqual(b.saidOf('roster').at(-1), five.roster([...members, 'e']))
  })
})

describe('how long a newcomer waits for the merges of others', () => {
  const words = wordsOf(members)
  const five = [...members, 'e']
  const stepMs = 50

  /** `e` is told to call every 100 ms, and ticks as it asks to, until it calls. @returns when. */
  const callsAt = (
    e: HandFed,
    others: (nowMs: number, hasAsked: boolean) => void,
    { all = five, mostMs = 1e5 } = {},
  ) => {
    let done = 0
    for (let now = 0; now < mostMs; now += stepMs) {
      const saidBefore = e.said.length
      if (now % 100 === 0) e.handle({ type: 'call', members: all }, now)
      const ticks = e.of('setTick')
      if (ticks.length > done && ticks.at(-1)!.atMs <= now) {
        done = ticks.length
        e.handle({ type: 'tick' }, now)
      }
      if (e.saidOf('call').some(({ members: named }) => named.includes('e'))) return now
      others(
        now,
        e.said.slice(saidBefore).some(({ type }) => type === 'ask'),
      )
    }
    return undefined
  }

  it('is no more than a call can last, where few are named and one of them speaks for ever', () => {
    const three = wordsOf(['a', 'b', 'd'])
    const e = machineOf('e')
    e.hear('d', three.call('d'))
    e.hear('d', three.commitment('d'))
    const all = ['a', 'b', 'd', 'e']
    const atMs = callsAt(e, (now) => void e.hear('d', three.commitment('d'), now), { all })
    const most = longestCallMs(timing)
    // It looks every four repetitions.
    assert.ok(atMs && atMs >= most && atMs <= most + 4 * timing.repeatMs, `${atMs}`)
  })

  it('is no more than that for each of three, whoever calls ever anew', () => {
    const e = machineOf('e')
    const ofMs = (nowMs: number) => wordsOf(['a', 'b', 'd'], `1.${1 + Math.floor(nowMs / 10_000)}`)
    const speak = (nowMs: number): void => {
      e.hear('d', ofMs(nowMs).call('d'), nowMs)
      e.hear('d', ofMs(nowMs).commitment('d'), nowMs)
    }
    speak(0)
    const atMs = callsAt(e, speak, { all: ['a', 'b', 'd', 'e'] })
    assert.ok(
      atMs && atMs > (limits.mergeCallsMax - 1) * 10_000 && atMs <= limits.mergeCallsMax * 10_000 + 200,
    )
  })

  it('does not grow with answers to its questions, which those give who voted and gave up', () => {
    const e = machineOf('e')
    const voters = ['a', 'b']
    const answer = (nowMs: number): void => {
      for (const id of voters) {
        const vote = words.vote(id, members, digestOf('f'))
        const said = [words.commitment(id), vote, words.roster(members), words.ready(members, digestOf('f'))]
        for (const message of [words.call(), ...said]) e.hear(id, message, nowMs)
      }
    }
    answer(0)
    let asked = 0
    const atMs = callsAt(e, (now, hasAsked) => {
      if (!hasAsked) return
      asked += 1
      answer(now)
    })
    assert.ok(asked > 0)
    // A vote is waited for as long as voters wait for others.
    assert.ok(atMs && atMs <= votedMs(timing) + 4 * timing.repeatMs, `${atMs}`)
  })

  it('does not grow with the words of those who have a result that is not to be had', () => {
    const e = machineOf('e')
    e.hear('a', words.call())
    const speak = (nowMs: number): void => {
      for (const id of ['a', 'b', 'c']) {
        const vote = words.vote(id, members, digestOf('f'))
        for (const message of [words.roster(members), vote]) e.hear(id, message, nowMs)
      }
      e.settle(nowMs, { silent: members })
    }
    speak(0)
    assert.equal(e.machine.phase, 'reading')
    const atMs = callsAt(e, (now) => now % 200 === 0 && speak(now))
    assert.ok(atMs && atMs <= timing.pullMs + timing.agreeMs + 4 * timing.repeatMs, `${atMs}`)
  })

  it('takes no part in one that names too many who are not here, and reads the result of others of them', () => {
    const known = ['a', 'b', 'c', 'e']
    const partaker = machineOf('a', { members: () => ['a', 'b', 'c'] })
    partaker.hear('b', words.call())
    assert.equal(partaker.machine.phase, 'idle')
    // Three of four are here, and d is not: 2 · 3 ≥ 4 + 1, but 3 − 2 is less than 2 · 4 / 3.
    const late = machineOf('e', { members: () => known })
    late.hear('a', words.call())
    for (const id of ['a', 'b', 'c']) {
      late.hear(id, words.roster(members))
      late.hear(id, words.vote(id, members, digestOf('a')))
    }
    assert.equal(late.machine.phase, 'reading')
    // It waits for none of them before it calls itself.
    const other = machineOf('e', { members: () => known })
    other.hear('a', words.call())
    for (const id of ['a', 'b', 'c']) other.hear(id, words.commitment(id))
    other.handle({ type: 'call', members: known })
    assert.deepEqual(other.saidOf('call')[0]?.members, known)
  })

  it('does not make its call one that nobody hears: it names those who are here by then', () => {
    let here: readonly string[] = five
    const e = machineOf('e', { members: () => here })
    e.hear('a', words.call())
    for (const id of members) e.hear(id, words.commitment(id))
    e.handle({ type: 'call', members: five })
    assert.deepEqual(e.saidOf('call'), [])
    here = ['e', 'x', 'y']
    // All have been silent for as long as it takes.
    e.handle({ type: 'tick' }, 10 * timing.repeatMs)
    assert.deepEqual(e.of('abandoned'), [])
    assert.deepEqual(e.saidOf('call').at(-1)?.members, here)
    // Those of whom most are here are called as they were given: statistics are of them.
    const other = machineOf('e', { members: () => [...five, 'f'] })
    other.hear('a', words.call())
    for (const id of members) other.hear(id, words.commitment(id))
    other.handle({ type: 'call', members: five })
    other.handle({ type: 'tick' }, 10 * timing.repeatMs)
    assert.deepEqual(other.saidOf('call').at(-1)?.members, five)
  })

  it('is also time to ask for the result, however often it is told to call', () => {
    const e = machineOf('e')
    e.hear('a', words.call())
    for (const id of members) e.hear(id, words.commitment(id))
    const askedMs: number[] = []
    callsAt(
      e,
      (now, hasAsked) => {
        if (hasAsked) askedMs.push(now)
        for (const id of members) e.hear(id, words.commitment(id), now)
      },
      { mostMs: 1000 },
    )
    // Every four repetitions of 50 ms.
    assert.deepEqual(askedMs, [200, 400, 600, 800])
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
