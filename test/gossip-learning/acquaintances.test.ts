import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  furthestOf,
  hasNews,
  keepMembers,
  meet,
  noteHead,
  type Acquaintances,
} from '../../protocols/gossip-learning/acquaintances.js'
import { Inbox } from '../../protocols/gossip-learning/inbox.js'
import { Recent } from '../../protocols/gossip-learning/recent.js'
import type { Head } from '../../protocols/wire/types.js'

const headOf = (version: number, round = version, finished = false): Head => ({
  ...{ version, round, finished, samples: round, digest: '', degree: 1, loss: 0, accuracy: null },
})
const snapshotOf = (from: string, version: number) => ({
  from,
  head: headOf(version),
  weights: `${from}/${version}`,
})
const idsOf = (known: Acquaintances<string>): string[] => [...known.keys()]

describe('what a peer knows of another one', () => {
  it('is the newest head only, whatever order they come in', () => {
    const ann = meet<string>(new Map(), 'ann')
    assert.equal(noteHead(ann, headOf(5), 2), true)
    assert.equal(noteHead(ann, headOf(4), 3), false)
    assert.equal(noteHead(ann, headOf(5, 5, true), 3), false)
    const { announcedVersion, ownVersionAtHead, hasFinished } = ann
    assert.deepEqual(
      { announcedVersion, ownVersionAtHead, hasFinished },
      { announcedVersion: 5, ownVersionAtHead: 2, hasFinished: false },
    )
  })

  it('is worth asking about while nothing was announced, or something newer than what came', () => {
    const ann = meet<string>(new Map(), 'ann')
    assert.equal(hasNews(ann), true)
    noteHead(ann, headOf(2), 1)
    new Inbox<string>(9).put(ann, snapshotOf('ann', 2))
    assert.equal(hasNews(ann), false)
    noteHead(ann, headOf(3), 1)
    assert.equal(hasNews(ann), true)
  })

  it('says who is furthest: the most rounds, at least one, then the smaller id', () => {
    const known: Acquaintances<string> = new Map()
    noteHead(meet(known, 'bob'), headOf(9, 0), 1)
    assert.equal(furthestOf(known), undefined)
    noteHead(meet(known, 'cem'), headOf(1, 7), 1)
    noteHead(meet(known, 'ann'), headOf(2, 7), 1)
    noteHead(meet(known, 'dee'), headOf(3, 6), 1)
    assert.equal(furthestOf(known)?.id, 'ann')
  })

  it('outlasts membership as far as what was mixed, and no further', () => {
    const known: Acquaintances<string> = new Map()
    const ann = meet(known, 'ann')
    noteHead(ann, headOf(3), 1)
    new Inbox<string>(9).put(ann, snapshotOf('ann', 3))
    keepMembers(known, new Set(['bob']))
    assert.deepEqual([ann.isMember, ann.announcedVersion, ann.receivedVersion], [false, -1, 3])
  })

  it('is forgotten beyond its bound: those met first, no member, nobody with a pull under way', () => {
    const known: Acquaintances<string> = new Map()
    for (const id of ['ann', 'bob', 'cem', 'dee', 'eve']) meet(known, id)
    meet(known, 'ann').pullingSince = 1
    // Five are known and two members; of the three others ann is being asked, and bob was met before cem.
    keepMembers(known, new Set(['dee', 'eve']), 4)
    assert.deepEqual(idsOf(known), ['ann', 'cem', 'dee', 'eve'])
    keepMembers(known, new Set(['dee', 'eve']), 1)
    assert.deepEqual(idsOf(known), ['ann', 'dee', 'eve'])
  })
})

describe('an inbox', () => {
  it('gives each snapshot once, the newest of each sender, sorted by sender', () => {
    const known: Acquaintances<string> = new Map()
    const inbox = new Inbox<string>(9)
    const put = (from: string, version: number) => inbox.put(meet(known, from), snapshotOf(from, version))
    put('bob', 1)
    put('ann', 2)
    put('bob', 3)
    put('ann', 1)
    const taken = () => inbox.take().map(({ weights }) => weights)
    assert.deepEqual(taken(), ['ann/2', 'bob/3'])
    put('bob', 3)
    assert.deepEqual([inbox.size, taken()], [0, []])
  })

  it('drops whoever brought nothing for longest when it is full', () => {
    const known: Acquaintances<string> = new Map()
    const inbox = new Inbox<string>(2)
    for (const [from, version] of [
      ['ann', 1],
      ['bob', 1],
      ['ann', 2],
      ['cem', 1],
    ] as const) {
      inbox.put(meet(known, from), snapshotOf(from, version))
    }
    assert.deepEqual(
      inbox.take().map(({ weights }) => weights),
      ['ann/2', 'cem/1'],
    )
  })
})

describe('own recent weights', () => {
  it('are the last four, by version', () => {
    const recent = new Recent<string>()
    for (let version = 1; version <= 6; version++) recent.keep(version, `w${version}`)
    assert.deepEqual(
      [2, 3, 6, 7].map((version) => recent.of(version)),
      [undefined, 'w3', 'w6', undefined],
    )
  })
})
