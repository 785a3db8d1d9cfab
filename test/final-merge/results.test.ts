import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { votedMs } from '../../protocols/final-merge/reduce-scatter/deadline.js'
import { limits } from '../../protocols/limits.js'
import {
  digestOf,
  exchanging,
  machineOf,
  members,
  ready,
  timing,
  types,
  withoutTime,
  wordsOf,
} from './hand-fed.js'

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

  it('is fetched from one holder after the other, and again with every tick', () => {
    const b = exchanging('b', members)
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    const results = () => b.of('fetch').filter(({ fetch }) => fetch.what === 'result')
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
    assert.equal(results().length, 4)
  })

  it('is asked for of one holder more with every tick, while those asked before keep one waiting', () => {
    const five = [...members, 'e', 'f']
    const b = exchanging('b', five)
    for (const id of ['a', 'c', 'd', 'e', 'f']) b.hear(id, b.words.ready(five, f))
    const results = () => b.of('fetch').filter(({ fetch }) => fetch.what === 'result')
    for (const [tick, asked] of [1, 2, 3, 3].entries()) {
      if (tick > 0) b.handle({ type: 'tick' }, 50 * tick)
      assert.equal(results().length, asked)
    }
    assert.equal(new Set(results().map(({ fetch }) => fetch.from)).size, 3)
    b.handle({
      type: 'fetched',
      fetched: { fetch: results()[0]!.fetch, arrived: [], problem: 'unreachable' },
    })
    assert.equal(results().length, 4)
  })

  it('may be done by oneself first, when one of those who say they hold it only keeps one waiting', () => {
    const b = exchanging('b', members)
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    assert.equal(b.machine.phase, 'reading')
    const answer = (): void => {
      const open = b.of('fetch').filter(({ fetch }) => fetch.what !== 'result')
      b.effects.length = 0
      for (const { fetch } of open)
        b.handle({ type: 'fetched', fetched: { fetch, arrived: 'chunks' in fetch ? fetch.chunks : [] } }, 60)
      if (open.length > 0) answer()
    }
    const checks = () => b.of('check').length
    answer()
    b.handle({ type: 'tick' }, 100)
    answer()
    assert.equal(b.machine.phase, 'reading')
    assert.equal(checks(), 0)
    b.handle({ type: 'checked', bad: [] }, 110)
    answer()
    for (const chunk of [0, 1, 2, 3])
      b.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] }, 110)
    // Another average than theirs is nothing to vote for.
    b.handle({ type: 'assembled', digest: digestOf('0') }, 120)
    assert.equal(b.machine.phase, 'reading')
    b.handle({ type: 'assembled', digest: f }, 120)
    assert.equal(b.machine.phase, 'voted')
    assert.equal(b.saidOf('ready').at(-1)?.digest, f)
    assert.equal(b.saidOf('result').at(-1)?.digest, f)
  })

  it('may be what this peer put together in an attempt that it has given up since', () => {
    const b = exchanging('b', members)
    b.settle()
    b.handle({ type: 'checked', bad: [] })
    for (const { chunk } of b.of('judge'))
      b.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] })
    assert.equal(b.of('assemble').length, 1)
    // A third goes on without `d`, and then two thirds say that they hold the first result after all.
    for (const id of ['a', 'c']) b.hear(id, b.words.roster(['a', 'b', 'c'], 2))
    assert.equal(b.of('begin').length, 2)
    for (const id of ['a', 'c', 'd']) b.hear(id, b.words.ready(members, f))
    assert.equal(b.machine.phase, 'reading')
    const reading = b.of('fetch').find(({ fetch }) => fetch.what === 'result')!
    b.handle({ type: 'assembled', digest: f }, 10)
    assert.equal(b.machine.phase, 'voted')
    assert.deepEqual(b.saidOf('result'), [b.words.vote('b', members, f)])
    // What it was reading comes too late to matter, and is voted for once.
    b.handle({ type: 'fetched', fetched: { fetch: reading.fetch, arrived: [] } }, 20)
    assert.equal(b.saidOf('result').length, 1)
    for (const id of ['a', 'c']) b.hear(id, b.words.vote(id, members, f), 30)
    assert.equal(b.machine.phase, 'merged')
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
    b.handle({ type: 'tick' }, timing.commitMs + 2 * timing.repeatMs)
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
    b.handle({ type: 'tick' }, 200)
    assert.equal(b.machine.phase, 'abandoned')
    const before = b.saidOf('ask').length
    const waits: number[] = []
    for (let now = 200; ;) {
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
    b.handle({ type: 'tick' }, votedMs(timing))
    assert.equal(b.machine.phase, 'abandoned')
    b.said.length = 0
    b.hear('e', { type: 'ask', mergeId: '1.1' }, 2 * votedMs(timing))
    assert.deepEqual(b.saidOf('result'), [b.words.vote('b', members, f)])
  })
})

describe('one vote', () => {
  const f = digestOf('f')

  it('waits for one of a member that has still to read the result, as long as that may take', () => {
    // `d` says that it is ready when others are, and never votes.
    const b = ready('b', members)
    for (const id of ['a', 'd']) b.hear(id, b.words.ready(members, f))
    b.hear('a', b.words.vote('a', members, f))
    // `c` hears of it just before words of it would have been in vain, and reads to the last moment.
    const c = exchanging('c', members)
    const heardMs = timing.agreeMs - 2
    for (const id of ['a', 'b', 'd']) c.hear(id, c.words.ready(members, f), heardMs)
    assert.equal(c.machine.phase, 'reading')
    const { fetch } = c.of('fetch').at(-1)!
    const readMs = heardMs + timing.pullMs + timing.agreeMs
    for (let now = 50; now < readMs; now += 50) {
      b.handle({ type: 'tick' }, now)
      if (now > heardMs) c.handle({ type: 'tick' }, now)
    }
    assert.equal(b.machine.phase, 'voted')
    c.handle({ type: 'fetched', fetched: { fetch, arrived: [] } }, readMs)
    b.hear('c', c.saidOf('result')[0]!, readMs + 1)
    assert.equal(b.machine.phase, 'merged')
    assert.equal(b.of('abandoned').length, 0)
  })

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
    b.handle({ type: 'tick' }, votedMs(timing))
    b.hear('c', next.call(), votedMs(timing))
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
