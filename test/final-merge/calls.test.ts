import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import { digestOf, exchanging, machineOf, members, timing, wordsOf } from './hand-fed.js'

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
