import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entriesDigest } from '../../protocols/final-merge/statement.js'
import { limits } from '../../protocols/limits.js'
import type { MergeMessage } from '../../protocols/wire/types.js'
import { digestOf, exchanging, machineOf, members, ready, withoutTime, wordsOf } from './hand-fed.js'

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
    for (const keys of [1, 5]) {
      const many = wordsOf([...members, ...Array.from({ length: keys }, (_, i) => `z${i}`)])
      b.hear('a', many.call())
      assert.equal(b.machine.phase, 'idle')
    }
    b.hear('c', words.call('c'))
    assert.equal(b.machine.phase, 'freezing')
  })

  it('of fewer than a third of the run cannot make a result, though few others are called, with keys that they made', () => {
    const run = [...'abcdefghijklm']
    const liars = [...'jklm']
    const keys = ['y', 'z']
    // Three honest ones are named: nine are called, and the liars with their keys are the quorum of six.
    const few = wordsOf([...'abc', ...liars, ...keys])
    const invented = [...liars, 'y']
    for (const self of ['b', 'h']) {
      const peer = machineOf(self, { members: () => run })
      peer.hear('m', few.call('m'))
      for (const id of [...liars, ...keys]) {
        peer.hear(id, few.commitment(id))
        peer.hear(id, few.roster(invented))
      }
      for (const id of [...liars, ...keys]) peer.hear(id, few.vote(id, invented, digestOf('0')))
      assert.equal(peer.machine.phase, 'idle', self)
      assert.deepEqual(peer.effects, [], self)
    }
  })

  it('of rosters that contradict each other have no say, and tip no majority', () => {
    const five = [...members, 'e']
    const other = wordsOf([...five, 'z'])
    const words = wordsOf(five)
    // Half of the honest ones would leave `c` out: with the word of `e` it is one more for one side.
    const told = (lies: readonly MergeMessage[]) => {
      const b = machineOf('b')
      b.handle({ type: 'call', members: five })
      b.freeze()
      for (const id of ['a', 'c', 'd', 'e']) b.hear(id, words.commitment(id))
      for (const lie of lies) b.hear('e', lie)
      b.hear('a', words.roster(five))
      for (const id of ['c', 'd']) b.hear(id, words.roster(['a', 'b', 'd', 'e']))
      // `c` is still there.
      b.settle()
      return b
    }
    const lies = [
      words.roster(five),
      { ...words.roster(five), call: other.digest },
      words.roster(['a', 'b', 'd', 'e']),
    ]
    const rosters = [lies, [...lies].reverse()].map((said) => {
      const b = told(said)
      assert.deepEqual(b.of('accused'), [{ type: 'accused', id: 'e', fault: 'equivocated' }])
      return b.saidOf('roster').at(-1)
    })
    assert.deepEqual(rosters[0], words.roster(['a', 'b', 'd'], 2))
    assert.deepEqual(rosters[1], rosters[0])
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
