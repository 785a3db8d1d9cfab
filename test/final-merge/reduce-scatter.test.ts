import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { certificateFault } from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import { signaturesOf } from '../harness/index.js'
import {
  digestOf,
  exchanging,
  machineOf,
  members,
  patienceMs,
  ready,
  timing,
  types,
  withoutTime,
  wordsOf,
} from './hand-fed.js'

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

  it('looks every lookMs at who is missing, without a word in between', () => {
    const b = exchanging('b', members, { timing: () => ({ ...timing, lookMs: 25 }) })
    const saidAt = [25, 50, 75, 100].map((nowMs) => {
      b.said.length = 0
      b.handle({ type: 'tick' }, nowMs)
      assert.deepEqual(b.of('setTick').at(-1), { type: 'setTick', atMs: nowMs + 25 })
      return b.said.length > 0
    })
    assert.deepEqual(saidAt, [false, true, false, true])
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

describe('a question after a result', () => {
  /** Longer with every member, as between real peers. */
  const timingFor = (members: number) => ({ ...timing, repeatMs: 50 * members })

  it('is answered once per repetition of a merge of so many members, however often it is asked', () => {
    const f = digestOf('f')
    const b = ready('b', members, { timing: timingFor })
    for (const id of ['a', 'c']) b.hear(id, b.words.ready(members, f))
    for (const id of ['a', 'c']) b.hear(id, b.words.vote(id, members, f))
    assert.equal(b.machine.phase, 'merged')
    const answeredMs: number[] = []
    for (let nowMs = 10; nowMs < 700; nowMs += 10) {
      const effects = b.hear('z', { type: 'ask', mergeId: '1.1' }, nowMs)
      if (effects.length > 0) answeredMs.push(nowMs)
    }
    // Four members: 4 · 50 ms.
    assert.deepEqual(answeredMs, [200, 400, 600])
  })
})

describe('an abandoned merge', () => {
  it('says what was missing, and leaves the peer free for the next call, with a fresh model', () => {
    const b = machineOf('b')
    b.handle({ type: 'call', members })
    b.freeze()
    b.hear('a', wordsOf(members).commitment('a'))
    b.handle({ type: 'tick' }, 100)
    const effects = b.handle({ type: 'tick' }, 200)
    assert.deepEqual(b.of('abandoned', effects), [
      { type: 'abandoned', reason: '2 of 4 members committed, 3 are needed', missing: ['c', 'd'] },
    ])
    b.handle({ type: 'call', members }, 300)
    assert.equal(b.saidOf('call').at(-1)?.mergeId, '1.2')
    assert.equal(b.of('freeze').length, 2)
  })

  it('comes at last, whoever falls silent when', () => {
    // An exchange with all its extensions, then a wait for two thirds with patience for one more.
    const lastMs = patienceMs + timing.agreeMs + patienceMs
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
