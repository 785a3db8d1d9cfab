import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import {
  digestOf,
  exchanging,
  giveNoAverages,
  machineOf,
  members,
  patienceMs,
  ready,
  timing,
  wordsOf,
} from './hand-fed.js'

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

describe('a member whom others leave out of their rosters', () => {
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

  it('is not dropped on one word by those who wait for an average, when it answers', () => {
    const b = exchanging('b', members)
    // Either may be the liar. What it said makes `b` ask, and `d` answers.
    b.hear('a', b.words.roster(['a', 'b', 'c'], 2))
    const end = (1 + limits.mergeExtensionsMax) * timing.pullMs
    for (let now = 0; now < end; now += 50) {
      giveNoAverages(b, now)
      b.handle({ type: 'tick' }, now)
      assert.equal(b.machine.phase, 'exchanging', `at ${now}`)
    }
    b.handle({ type: 'tick' }, end)
    assert.ok(b.saidOf('roster').every(({ attempt }) => attempt === 1))
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
