import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBallot } from '../../protocols/final-merge/reduce-scatter/ballot.js'
import {
  createCalls,
  mayBeRead,
  namesMostOf,
  type Call,
} from '../../protocols/final-merge/reduce-scatter/calls.js'
import { createVoices, type Said } from '../../protocols/final-merge/reduce-scatter/voices.js'
import { quorumOf, thirdOf } from '../../protocols/final-merge/statement.js'
import { limits } from '../../protocols/limits.js'
import { signaturesOf } from '../harness/index.js'
import { digestOf, RUN, wordsOf } from './hand-fed.js'

const members = ['a', 'b', 'c', 'd', 'e', 'f']
const words = wordsOf(members)

const heardCall = (from = 'a'): Call => {
  const calls = createCalls({
    ...{ run: RUN, period: 1, mayCall: () => true, members: undefined },
    ...{ verify: signaturesOf('x').verify, priorityOf: () => 0, reach: () => 9 },
  })
  return calls.hear(from, words.call())!
}

/** Six members, of whom four make a quorum: 2 · 6 / 3. */
const ballotOf = () => {
  const voices = createVoices({
    isSigned: ({ length }) => length === 1,
    priorityOf: (id) => (members.includes(id) ? 2 : 0),
  })
  const say = (ids: string, message: (id: string) => Said): void => {
    for (const id of ids) voices.hear(id, message(id), 1)
  }
  return { voices, say, ballot: createBallot(heardCall(), voices) }
}

const idsFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${first + i}`)

describe('a ballot', () => {
  it('agrees on a roster when two thirds of the members want the same in one attempt', () => {
    const { say, ballot } = ballotOf()
    say('abc', () => words.roster(members))
    say('de', () => words.roster(['a', 'b', 'c', 'd']))
    assert.equal(ballot.agreedRoster(), undefined)
    say('f', () => words.roster(members))
    assert.equal(ballot.agreedRoster()?.attempt, 1)
    assert.equal(ballot.agreedRoster()?.proposal.digest, words.rosterOf(members))
  })

  it('agrees on the newest of several', () => {
    const { say, ballot } = ballotOf()
    say('abcd', () => words.roster(members))
    say('abcd', () => words.roster(['a', 'b', 'c', 'd'], 3))
    assert.equal(ballot.agreedRoster()?.attempt, 3)
  })

  it('does not add up what is said in different attempts', () => {
    const { say, ballot } = ballotOf()
    say('abc', () => words.roster(members))
    say('def', () => words.roster(members, 2))
    assert.equal(ballot.agreedRoster(), undefined)
    assert.deepEqual(ballot.announced(1), members)
    assert.deepEqual(ballot.announced(2), ['d', 'e', 'f'])
  })

  it('knows what most of those who spoke have in common', () => {
    const { say, ballot } = ballotOf()
    say('ab', () => words.roster(['a', 'b', 'c', 'd']))
    say('c', () => words.roster(['a', 'b', 'c', 'e']))
    say('d', () => words.roster(['b', 'c', 'd', 'e', 'f']))
    // Of four: a 3, b 4, c 4, d 3, e 2, f 1
    assert.deepEqual(ballot.majorityEntries(1), ['a', 'b', 'c', 'd'].map(words.entryOf))
  })

  it('knows who leaves whom out later: by the newest roster of each, if it could be one', () => {
    const { say, ballot } = ballotOf()
    say('a', () => words.roster(['a', 'b', 'c', 'd', 'e']))
    say('bc', () => words.roster(['a', 'b', 'c', 'd', 'e'], 2))
    assert.deepEqual(ballot.leftOut(1), new Map([[5, ['b', 'c']]]))
    assert.equal(ballot.leftOut(2).size, 0)
    say('c', () => words.roster(['a', 'c', 'd', 'e', 'f'], 4))
    // Half, or nobody: no roster.
    say('de', () => words.roster(['d', 'e', 'f'], 5))
    say('f', () => words.roster([], 5))
    assert.deepEqual(
      ballot.leftOut(1),
      new Map([
        [5, ['b']],
        [1, ['c']],
      ]),
    )
  })

  it('is for a vote when two thirds hold the same', () => {
    const { say, ballot } = ballotOf()
    say('abc', () => words.ready(members, digestOf('f')))
    say('d', () => words.ready(members, digestOf('0')))
    assert.equal(ballot.readyForVote(), undefined)
    say('e', () => words.ready(members, digestOf('f'), 2))
    assert.deepEqual(ballot.readyForVote()?.holders, ['a', 'b', 'c', 'e'])
  })

  it('elects what two thirds have voted for, once its models are known', () => {
    const { say, ballot } = ballotOf()
    say('abcd', (id) => words.vote(id, members, digestOf('f')))
    assert.equal(ballot.elected(), undefined)
    say('f', () => words.roster(members, 2))
    assert.equal(ballot.elected()?.claimed.digest, digestOf('f'))
    assert.deepEqual(
      ballot.elected()?.signatures.map(({ id }) => id),
      ['a', 'b', 'c', 'd'],
    )
    assert.deepEqual(ballot.elected()?.entries, members.map(words.entryOf))
  })

  it('counts nobody twice, no stranger, and nothing that is about another call', () => {
    const { say, ballot } = ballotOf()
    const other = wordsOf([...members, 'g'])
    say('abc', () => words.ready(members, digestOf('f')))
    say('abc', () => words.ready(members, digestOf('f'), 2))
    say('gh', () => words.ready(members, digestOf('f')))
    say('de', () => ({ ...words.ready(members, digestOf('f')), call: other.digest }))
    assert.equal(ballot.readyForVote(), undefined)
    say('abcd', () => ({ ...words.roster(members), call: other.digest }))
    assert.equal(ballot.agreedRoster(), undefined)
  })
})

describe('voices', () => {
  it('keep the first word of a kind, and note who says another', () => {
    const { voices, say } = ballotOf()
    const of = (id: string) => voices.of(id, '1.1')!
    say('a', () => words.commitment('a'))
    say('a', () => words.commitment('a'))
    assert.equal(of('a').equivocated, false)
    say('a', () => words.commitment('b'))
    assert.equal(of('a').commitment?.digest, digestOf('a'))
    assert.equal(of('a').equivocated, true)
    say('bd', () => words.roster(members))
    say('b', () => words.roster(['a', 'b', 'c', 'd']))
    assert.equal(of('b').equivocated, true)
    say('d', () => words.roster(members))
    assert.equal(of('d').equivocated, false)
    // Whoever speaks of another call's roster under the same attempt has left the first.
    say('d', () => wordsOf([...members, 'g']).roster(members))
    assert.equal(of('d').rosters.get(1)?.call, words.digest)
    assert.equal(of('d').equivocated, true)
    say('c', () => words.vote('c', members, digestOf('f')))
    say('c', () => words.vote('c', members, digestOf('0')))
    assert.equal(of('c').vote?.digest, digestOf('f'))
    assert.equal(of('c').equivocated, true)
  })

  it('forget a member’s earlier calls when it speaks of a later one, and stay with that', () => {
    const { voices } = ballotOf()
    voices.hear('a', words.commitment('a'), 1)
    voices.hear('a', wordsOf(members, '1.2').commitment('a'), 2)
    assert.equal(voices.of('a', '1.1'), undefined)
    voices.hear('a', words.commitment('a'), 1)
    assert.equal(voices.of('a', '1.1'), undefined)
  })

  it('are as many as members can be in a merge; strangers give way to members, members to nobody', () => {
    const { voices } = ballotOf()
    for (let i = 0; i < limits.mergeMembersMax; i++) voices.hear(`z${i}`, words.commitment('a'), 1)
    voices.hear('stranger', words.commitment('a'), 1)
    assert.equal(voices.of('stranger', '1.1'), undefined)
    for (const id of members) voices.hear(id, words.commitment(id), 1)
    for (const id of members) assert.ok(voices.of(id, '1.1'))
    const left = Array.from({ length: limits.mergeMembersMax }, (_, i) => voices.of(`z${i}`, '1.1')).filter(
      Boolean,
    )
    assert.equal(left.length, limits.mergeMembersMax - members.length)
  })
})

describe('calls', () => {
  const callsOf = (change: Partial<Parameters<typeof createCalls>[0]> = {}) =>
    createCalls({
      ...{ run: RUN, period: 1, mayCall: () => true, members: undefined },
      ...{ verify: signaturesOf('x').verify, priorityOf: () => 0, reach: () => 9 },
      ...change,
    })

  for (const [what, change] of [
    ['another period', { mergeId: '2.1' }],
    ['no merge id', { mergeId: 'merge' }],
    ['nobody', { members: [] }],
    ['members out of order', { members: ['b', 'a'] }],
    ['a caller who is not among the members', { members: ['b', 'c'] }],
    ['a signature of something else', { mergeId: '1.2' }],
    ['no signature', { signature: new Uint8Array(0) }],
    [
      'more members than a merge may have',
      { members: Array.from({ length: 251 }, (_, i) => `a${1000 + i}`) },
    ],
  ] as const) {
    it(`of ${what} are not heard`, () => {
      const calls = callsOf()
      assert.equal(calls.hear('a', { ...words.call(), ...change }), undefined)
      assert.deepEqual(calls.bestFirst(), [])
    })
  }

  it('of those who may not call are not heard', () => {
    assert.equal(callsOf({ mayCall: (id) => id !== 'a' }).hear('b', words.call('a')), undefined)
    assert.ok(callsOf({ mayCall: (id) => id !== 'a' }).hear('a', words.call('b')))
  })

  it('that leave liars a quorum, fewer than a third of the known with all strangers, are not heard', () => {
    const heard = (known: string, named: string): boolean =>
      callsOf({ members: () => [...known] }).hear('a', wordsOf([...named]).call()) !== undefined
    assert.equal(heard('abcdef', 'ab'), false) // 4 is less than 6
    assert.equal(heard('abcdef', 'abc'), true)
    assert.equal(heard('abcd', 'abcxy'), true) // 6 are 4 and 2
    assert.equal(heard('abcd', 'abcxyz'), false)
    for (let known = 1; known <= 40; known++) {
      const here = idsFrom(0, known)
      for (let common = 1; common <= known; common++) {
        for (let strangers = 0; strangers <= known; strangers++) {
          if (!mayBeRead(here, [...idsFrom(0, common), ...idsFrom(100, strangers)])) continue
          const liars = Math.min(common, thirdOf(known) - 1) + strangers
          assert.ok(liars < quorumOf(common + strangers), `${common} of ${known}, and ${strangers} strangers`)
        }
      }
    }
  })

  it('are to be taken part in where they name two thirds of the known members, and two more for each stranger', () => {
    const heard = (known: string, named: string): boolean => namesMostOf([...known], [...named])
    assert.equal(heard('abcdef', 'abc'), false) // 3 of 6
    assert.equal(heard('abcdef', 'abcd'), true)
    assert.equal(heard('abcd', 'abc'), true) // 3 of 4
    assert.equal(heard('abcde', 'abcdex'), false) // 5 − 2 is less than 2 · 5 / 3
    assert.equal(heard('abcdef', 'abcdefx'), true) // 6 − 2 is 2 · 6 / 3
    assert.equal(heard('abcdefg', 'abcdefx'), false) // 6 − 2 is less than 2 · 7 / 3
    assert.equal(heard('abcdefg', 'abcdefgx'), true)
    assert.equal(heard('ab', 'ab'), true)
  })

  it('that are to be taken part in leave those fewer than a third of the known who lie no quorum, and fewer than two ninths no third', () => {
    for (let known = 1; known <= 40; known++) {
      const here = idsFrom(0, known)
      for (let common = 1; common <= known; common++) {
        for (
          let strangers = 0;
          namesMostOf(here, [...idsFrom(0, common), ...idsFrom(100, strangers)]);
          strangers++
        ) {
          const called = common + strangers
          const why = `${common} of ${known}, and ${strangers} strangers`
          assert.ok(Math.min(common, thirdOf(known) - 1) + strangers < quorumOf(called), why)
          assert.ok(Math.ceil((2 * known) / 9) - 1 + strangers < thirdOf(called), why)
        }
      }
    }
  })

  it('are kept one for each who speaks of one, its newest, and those that nobody speaks of any more are forgotten', () => {
    const calls = callsOf()
    const [first, second] = [wordsOf(members, '1.1').call(), wordsOf(members, '1.2').call()]
    calls.hear('a', first)
    calls.hear('b', first)
    assert.equal(calls.bestFirst().length, 1)
    calls.hear('b', second)
    assert.deepEqual(
      calls.bestFirst().map(({ mergeId }) => mergeId),
      ['1.2', '1.1'],
    )
    calls.hear('a', second)
    calls.hear('a', first)
    assert.deepEqual(
      calls.bestFirst().map(({ mergeId }) => mergeId),
      ['1.2'],
    )
  })

  it('for one merge come with the one first that names more members, or has the smaller digest', () => {
    const calls = callsOf()
    calls.hear('a', wordsOf(['a', 'b']).call())
    calls.hear('b', wordsOf(['a', 'b', 'c']).call())
    calls.hear('c', wordsOf(['a', 'c', 'd']).call())
    const [best, next] = calls.bestFirst()
    assert.equal(best!.members.length, 3)
    assert.ok(best!.digest < next!.digest)
  })
})
