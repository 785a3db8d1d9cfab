import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newestClaimedCall } from '../../protocols/final-merge/index.js'
import { votedMs } from '../../protocols/final-merge/reduce-scatter/deadline.js'
import { longestCallMs } from '../../protocols/final-merge/reduce-scatter/longest-call.js'
import { limits } from '../../protocols/limits.js'
import { digestOf, exchanging, machineOf, members, ready, timing, wordsOf, type HandFed } from './hand-fed.js'

const seven = [...'abcdefg']
/** 4 of 7: its result may be read by those who know all seven (8 ≥ 7), and nobody takes part (4 < 5). */
const few = [...'defg']

/** A liar's calls, a thousand numbers further each. */
const callFarAhead = (fed: HandFed): void => {
  for (let k = 1; k <= 10; k++) fed.hear('g', wordsOf(few, `1.${1_000 * k}`).call('g'))
}

/** It has voted for the result that all hold. */
const voted = () => {
  const b = ready('b', members, { members: () => members })
  for (const id of ['a', 'c']) b.hear(id, b.words.ready(members, digestOf('f')))
  assert.equal(b.machine.phase, 'voted')
  return b
}

describe('calls that nobody takes part in', () => {
  for (const self of ['b', 'e']) {
    it(`do not keep ${self} from the next, whatever their numbers are and whether they name it`, () => {
      const fed = machineOf(self, { members: () => seven })
      callFarAhead(fed)
      assert.equal(fed.machine.phase, 'idle')
      fed.hear('a', wordsOf(seven).call('a'))
      assert.equal(fed.machine.phase, 'freezing')
      assert.equal(fed.saidOf('call').at(-1)!.mergeId, '1.1')
    })
  }

  it('are no numbers to go on from for one that calls itself', () => {
    const fed = machineOf('b', { members: () => seven })
    callFarAhead(fed)
    fed.handle({ type: 'call', members: seven })
    assert.equal(fed.saidOf('call')[0]!.mergeId, '1.1')
  })

  it('do not make a peer forget what it has voted for', () => {
    const b = voted()
    const nowMs = votedMs(timing)
    b.handle({ type: 'tick' }, nowMs)
    assert.equal(b.machine.phase, 'abandoned')
    b.hear('d', wordsOf(['c', 'd'], '1.900').call('d'), nowMs + 1)
    const before = b.saidOf('result').length
    b.hear('e', { type: 'ask', mergeId: '1.1' }, 3 * nowMs)
    assert.equal(b.saidOf('result').length, before + 1)
  })
})

describe('a call with a number far ahead', () => {
  it('is gone by when a third of the members speak of it, one honest one among them', () => {
    const fed = machineOf('b', { members: () => seven })
    const far = wordsOf(seven, '1.4001')
    fed.hear('g', far.call('g'))
    fed.hear('a', far.call('g'))
    assert.equal(fed.machine.phase, 'idle')
    // Any word counts, also one about a newer call: 3 of 7.
    fed.hear('c', wordsOf(seven, '1.4002').commitment('c'))
    fed.hear('a', far.call('g'))
    assert.equal(fed.machine.phase, 'freezing')
  })

  it('is read where two thirds have voted, by one that has just come', () => {
    const e = machineOf('e', { members: () => [...members, 'e'] })
    const far = wordsOf(members, '1.5000')
    for (const id of ['a', 'b', 'c']) {
      e.hear(id, far.call())
      e.hear(id, far.roster(members))
      e.hear(id, far.vote(id, members, digestOf('f')))
    }
    assert.equal(e.machine.phase, 'reading')
  })
})

describe('a second call for the same merge', () => {
  const withKey = (key: string, mergeId: string) => wordsOf([...seven, key], mergeId)
  /** `b` has committed in the call of all, and hears g's call of one more. @returns whom it goes by then. */
  const goesBy = (b: HandFed, mergeId: string, key: string): readonly string[] => {
    b.hear('a', wordsOf(seven, mergeId).call('a'))
    b.freeze()
    b.hear('g', withKey(key, mergeId).call('g'))
    return b.saidOf('call').at(-1)!.members
  }
  const fail = (b: HandFed, nowMs: number): boolean | undefined => {
    b.handle({ type: 'tick' }, nowMs + timing.commitMs)
    b.handle({ type: 'tick' }, nowMs + timing.commitMs + 2 * timing.repeatMs)
    return b.of('abandoned').at(-1)!.isDisturbed
  }

  it('is gone by once for each caller while nothing but commitments was said, and no oftener', () => {
    const b = machineOf('b', { members: () => seven })
    assert.deepEqual(goesBy(b, '1.1', 's'), [...seven, 's'])
    assert.equal(fail(b, 0), true)
    assert.deepEqual(goesBy(b, '1.2', 't'), seven)
  })

  it('counts likewise for those who have said more: they know who had its turn', () => {
    const b = exchanging('b', seven, { members: () => seven })
    b.hear('g', withKey('s', '1.1').call('g'))
    assert.deepEqual(b.saidOf('call').at(-1)!.members, seven)
    b.hear('a', wordsOf(seven, '1.2').call('a'))
    assert.equal(fail(b, 0), true)
    assert.deepEqual(goesBy(b, '1.3', 't'), seven)
  })

  describe('by the same caller', () => {
    const doubled = (config: object = {}) => {
      const b = machineOf('b', { members: () => seven, ...config })
      b.hear('g', wordsOf(seven, '1.1').call('g'))
      b.freeze()
      b.hear('g', withKey('s', '1.1').call('g'))
      return b
    }

    it('shows it up, whatever it called for in between, whoever says so, and only once', () => {
      const b = machineOf('b', { members: () => seven })
      b.hear('g', wordsOf(few, '1.1').call('g'))
      b.hear('g', wordsOf(few, '1.900').call('g'))
      assert.deepEqual(b.of('accused'), [])
      b.hear('t', wordsOf([...'cdfg'], '1.1').call('g'))
      b.hear('g', wordsOf(seven, '1.1').call('g'))
      assert.deepEqual(b.of('accused'), [{ type: 'accused', id: 'g', fault: 'doubled-call' }])
      assert.deepEqual(b.said, [])
    })

    it('is not gone by at its word, nor is any further call', () => {
      const b = doubled()
      assert.deepEqual(b.saidOf('call').at(-1)!.members, seven)
      fail(b, 0)
      b.hear('g', wordsOf(seven, '1.2').call('g'))
      assert.equal(b.machine.phase, 'abandoned')
      b.hear('a', wordsOf(seven, '1.3').call('a'))
      assert.equal(b.machine.phase, 'freezing')
    })

    it('is gone by when a third of the members go by it, who may not know', () => {
      const b = doubled()
      fail(b, 0)
      const next = wordsOf(seven, '1.2')
      // 3 of 7.
      for (const id of ['a', 'c', 'g']) {
        assert.equal(b.machine.phase, 'abandoned')
        b.hear(id, next.call('g'))
      }
      assert.equal(b.machine.phase, 'freezing')
    })

    it('is not taken for begun where a third go by an honest call of that number', () => {
      const b = doubled()
      fail(b, 0)
      b.hear('g', withKey('s', '1.2').call('g'))
      for (const id of ['a', 'c', 'd']) b.hear(id, wordsOf(seven, '1.2').commitment(id))
      assert.equal(b.machine.phase, 'abandoned')
      b.hear('a', wordsOf(seven, '1.2').call('a'))
      assert.deepEqual(b.saidOf('call').at(-1)!.members, seven)
    })

    it('is said of by a peer that has lost what it had said itself: it does not call in vain', () => {
      const g = machineOf('g', { members: () => seven })
      g.hear('a', wordsOf(few, '1.1').call('g'))
      g.hear('a', wordsOf([...'cdfg'], '1.1').call('g'))
      g.handle({ type: 'call', members: seven })
      assert.match(g.of('abandoned')[0]!.reason, /two calls of this peer for one merge/)
      assert.equal(g.claims.size, 0)
    })

    it('says nothing about its model, which may be in the result', () => {
      const b = doubled()
      const words = wordsOf(seven)
      for (const id of ['a', 'c', 'd', 'e', 'f', 'g']) b.hear(id, words.commitment(id))
      b.handle({ type: 'tick' }, timing.commitMs)
      assert.deepEqual(
        b
          .saidOf('roster')
          .at(-1)!
          .entries.map(({ member }) => seven[member]),
        seven,
      )
    })

    it('is known also of one that makes more calls than anybody honest would', () => {
      const b = machineOf('b', { members: () => seven })
      for (let k = 1; k <= 101; k++) b.hear('g', wordsOf(few, `1.${k}`).call('g'))
      assert.equal(b.of('accused').length, 1)
    })

    it('does not keep a peer from the same call by an honest one', () => {
      const b = machineOf('b', { members: () => seven })
      b.hear('g', wordsOf(few, '1.2').call('g'))
      b.hear('g', wordsOf([...'cdfg'], '1.2').call('g'))
      b.hear('g', wordsOf(seven, '1.3').call('g'))
      assert.equal(b.machine.phase, 'idle')
      b.hear('a', wordsOf(seven, '1.3').call('a'))
      assert.equal(b.machine.phase, 'freezing')
      assert.equal(b.saidOf('call').at(-1)!.caller, 'a')
    })
  })

  it('is never made by an honest caller, also when it was restarted in between', () => {
    const b = machineOf('b', { members: () => seven })
    b.handle({ type: 'call', members: seven })
    assert.ok(b.claims.has('call 1.1'))
    const callsBefore = newestClaimedCall(['call 1.1'], 1)
    const again = machineOf('b', { members: () => seven, callsBefore })
    again.handle({ type: 'call', members: seven })
    assert.equal(again.saidOf('call')[0]!.mergeId, '1.2')
    const twice = machineOf('b', { members: () => seven, claim: () => false })
    twice.handle({ type: 'call', members: seven })
    assert.deepEqual(twice.said, [])
    assert.match(twice.of('abandoned')[0]!.reason, /has called for this merge before/)
  })

  it('is gone by at the word of a stranger by nobody who is free, until a third of the members go by it', () => {
    const b = machineOf('b', { members: () => seven })
    const strange = withKey('s', '1.1')
    for (const id of ['s', 'a', 'c']) {
      b.hear(id, strange.call('s'))
      assert.equal(b.machine.phase, 'idle')
    }
    b.hear('d', strange.call('s'))
    assert.equal(b.machine.phase, 'freezing')
  })

  it('is not gone by at the word of one that is not known', () => {
    const b = machineOf('b', { members: () => seven })
    b.hear('a', wordsOf(seven).call('a'))
    b.freeze()
    b.hear('g', withKey('s', '1.1').call('s'))
    assert.deepEqual(b.saidOf('call').at(-1)!.members, seven)
  })
})

describe('a number for an own call', () => {
  it('is above every call of most that is heard, though only a few speak of it', () => {
    const b = machineOf('b', { members: () => seven })
    b.hear('g', wordsOf([...'acdefg'], '1.7').call('g'))
    b.handle({ type: 'call', members: seven })
    assert.equal(b.saidOf('call')[0]!.mergeId, '1.8')
  })

  it('is within the reach of others', () => {
    const b = machineOf('b', { members: () => seven })
    b.hear('g', wordsOf([...'acdefg'], '1.1000').call('g'))
    b.handle({ type: 'call', members: seven })
    assert.equal(b.saidOf('call')[0]!.mergeId, '1.1000')
  })

  it('is none for one that has followed a liar as far ahead as that, until more have or a call would be over', () => {
    const b = machineOf('b', { members: () => seven })
    b.hear('g', wordsOf(seven, '1.1000').call('g'))
    b.freeze()
    b.handle({ type: 'tick' }, timing.commitMs)
    b.handle({ type: 'tick' }, timing.commitMs + 2 * timing.repeatMs)
    assert.equal(b.machine.phase, 'abandoned')
    const before = b.saidOf('call').length
    const nowMs = 10 * timing.commitMs
    b.handle({ type: 'call', members: seven }, nowMs)
    assert.equal(b.saidOf('call').length, before)
    const atMs = b.of('setTick').at(-1)!.atMs
    assert.ok(atMs > nowMs)
    for (const id of ['a', 'c']) b.hear(id, wordsOf(seven, '1.1000').call('g'), nowMs)
    b.handle({ type: 'tick' }, atMs)
    assert.equal(b.saidOf('call').at(-1)!.mergeId, '1.1001')
    // Nobody else ever does.
    const c = machineOf('c', { members: () => seven })
    c.hear('g', wordsOf(seven, '1.1000').call('g'))
    c.freeze()
    c.handle({ type: 'tick' }, timing.commitMs)
    c.handle({ type: 'tick' }, timing.commitMs + 2 * timing.repeatMs)
    c.handle({ type: 'call', members: seven }, nowMs)
    let now = nowMs
    while (c.of('abandoned').length < 2) {
      now = c.of('setTick').at(-1)!.atMs
      assert.ok(now < nowMs + 2 * longestCallMs(timing))
      c.handle({ type: 'tick' }, now)
    }
    assert.match(c.of('abandoned').at(-1)!.reason, /most of the others have not heard of/)
  })
})

describe('a merge that comes to nothing', () => {
  const lastOf = (fed: HandFed) => fed.of('abandoned').at(-1)!

  it('is put down to the call that ended the one before', () => {
    const b = exchanging('b', members, { members: () => members })
    b.hear('d', wordsOf(members, '1.2').call('d'), 10)
    b.handle({ type: 'tick' }, 10 + timing.commitMs)
    b.handle({ type: 'tick' }, 10 + timing.commitMs + 2 * timing.repeatMs)
    assert.deepEqual([lastOf(b).isDisturbed, b.machine.phase], [true, 'abandoned'])
  })

  it('is put down to it also when it begins while others may be bound by a vote in that, and no longer', () => {
    const b = exchanging('b', members, { members: () => members })
    b.hear('d', wordsOf(members, '1.2').call('d'), 10)
    const fail = (fromMs: number): boolean | undefined => {
      b.handle({ type: 'tick' }, fromMs + timing.commitMs)
      b.handle({ type: 'tick' }, fromMs + timing.commitMs + 2 * timing.repeatMs)
      return lastOf(b).isDisturbed
    }
    assert.equal(fail(10), true)
    b.handle({ type: 'call', members }, 10 + votedMs(timing) - 1)
    assert.equal(fail(10 + votedMs(timing) - 1), true)
    b.handle({ type: 'call', members }, 10 + 2 * votedMs(timing))
    assert.equal(fail(10 + 2 * votedMs(timing)), undefined)
  })

  it('is put down to it for who was bound by its vote while the others went on', () => {
    const alone = voted()
    alone.handle({ type: 'tick' }, votedMs(timing))
    assert.equal(lastOf(alone).isDisturbed, undefined)
    const b = voted()
    b.hear('d', wordsOf(members, '1.2').call('d'), 10)
    b.handle({ type: 'tick' }, votedMs(timing))
    assert.equal(lastOf(b).isDisturbed, true)
  })

  it('is put down to calls no oftener than these can cost one', () => {
    const b = machineOf('b', { members: () => members })
    const told: (boolean | undefined)[] = []
    let nowMs = 0
    for (let k = 0; k <= limits.mergeDisturbedMax; k++) {
      const words = wordsOf(members, `1.${1 + k}`)
      b.hear('a', words.call('a'), nowMs)
      b.freeze(nowMs)
      for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id), nowMs)
      for (const id of ['a', 'c', 'd']) b.hear(id, words.roster(members), nowMs)
      for (const id of ['a', 'c', 'd']) b.hear(id, words.ready(members, digestOf('f')), nowMs)
      b.handle({ type: 'fetched', fetched: { fetch: resultFetch(b), arrived: [] } }, nowMs)
      assert.equal(b.machine.phase, 'voted', `${k}`)
      b.hear('d', wordsOf(members, `1.${2 + k}`).call('d'), nowMs)
      nowMs += votedMs(timing)
      b.handle({ type: 'tick' }, nowMs)
      told.push(lastOf(b).isDisturbed)
    }
    assert.deepEqual(told, [...Array<boolean>(limits.mergeDisturbedMax).fill(true), undefined])
  })
})

/** Of the result, from whom it was asked for last. */
const resultFetch = (fed: HandFed) => fed.of('fetch').findLast(({ fetch }) => fetch.what === 'result')!.fetch
