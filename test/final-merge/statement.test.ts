import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergeIdOf, parseMergeId } from '../../protocols/final-merge/index.js'
import {
  callBytes,
  callDigest,
  entriesDigest,
  quorumOf,
  thirdOf,
  resultBytes,
} from '../../protocols/final-merge/statement.js'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('what is signed', () => {
  it('is lines, the first of which says what for', () => {
    const members = ['a', 'b']
    assert.equal(
      text(callBytes({ run: 'r', mergeId: '1.2', members })),
      'murmuration merge call 1\nr\n1.2\na\nb',
    )
    const result = { run: 'r', mergeId: '1.2', rule: 'mean', weighting: 'uniform' } as const
    assert.equal(
      text(resultBytes({ ...result, call: 'c', roster: 'o', digest: 'd' })),
      'murmuration merge result 1\nr\n1.2\nmean\nuniform\nc\no\nd',
    )
  })

  it('has another digest when anything in it is another', () => {
    const call = { run: 'r', mergeId: '1.1', members: ['a', 'b'] }
    const calls = [call, { ...call, run: 's' }, { ...call, mergeId: '1.2' }, { ...call, members: ['ab'] }]
    assert.equal(new Set(calls.map(callDigest)).size, 4)
    const entry = { member: 0, digest: 'aa', samples: 1 }
    const rosters = [
      [entry],
      [{ ...entry, member: 1 }],
      [{ ...entry, samples: 2 }],
      [entry, { ...entry, member: 1 }],
    ]
    assert.equal(new Set(rosters.map((entries) => entriesDigest('c', entries))).size, 4)
    assert.notEqual(entriesDigest('c', [entry]), entriesDigest('d', [entry]))
  })
})

describe('a quorum', () => {
  it('is two thirds of the members, rounded up', () => {
    // 2n/3 for 1 to 10: 0.7, 1.3, 2, 2.7, 3.3, 4, 4.7, 5.3, 6, 6.7
    const quorums = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(quorumOf)
    assert.deepEqual(quorums, [1, 2, 2, 3, 4, 4, 5, 6, 6, 7])
  })

  it('shares an honest member with every other, and is reached without the liars, while these are fewer than a third', () => {
    for (let members = 1; members <= 250; members++) {
      const liars = thirdOf(members) - 1
      assert.ok(2 * quorumOf(members) - members > liars, `${members} members`)
      assert.ok(members - liars >= quorumOf(members), `${members} members`)
    }
  })
})

describe('a third', () => {
  it('is so many that one more than the liars, while these are fewer, and as many as two quorums share', () => {
    // n/3 for 1 to 10: 0.3, 0.7, 1, 1.3, 1.7, 2, 2.3, 2.7, 3, 3.3
    const thirds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(thirdOf)
    assert.deepEqual(thirds, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4])
    for (let members = 1; members <= 250; members++) {
      assert.ok(3 * thirdOf(members) >= members && 3 * (thirdOf(members) - 1) < members, `${members} members`)
      assert.ok(2 * quorumOf(members) - members >= thirdOf(members), `${members} members`)
    }
  })
})

describe('a merge id', () => {
  it('is period and sequence, from 1', () => {
    assert.equal(mergeIdOf(3, 12), '3.12')
    assert.deepEqual(parseMergeId('3.12'), { period: 3, sequence: 12 })
    for (const wrong of [
      '',
      '1',
      '0.1',
      '1.0',
      '01.1',
      '1.1.1',
      '-1.1',
      '1.1e3',
      ' 1.1',
      '1.1234567890',
      'run/1',
    ])
      assert.equal(parseMergeId(wrong), undefined, wrong)
  })
})
