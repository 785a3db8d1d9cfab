import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import { digestOf, exchanging, machineOf, members, wordsOf } from './hand-fed.js'

describe('fetches', () => {
  const many = Array.from({ length: 40 }, (_, i) => `m${String(i).padStart(2, '0')}`)

  it('are a few at once, whatever others say', () => {
    const fed = exchanging('m05', many, { chunks: 80 })
    assert.equal(fed.of('fetch').length, limits.mergePullsMax)
    fed.hear('m01', fed.words.roster(['m01'], 2))
    assert.equal(fed.of('fetch').length, limits.mergePullsMax)
  })

  it('from before the own model was frozen anew count for nothing', () => {
    const b = exchanging('b', members)
    const [early] = b.of('fetch')
    b.handle({ type: 'tick' }, 10_000)
    for (let now = 20_000; b.machine.phase !== 'abandoned'; now += 10_000) b.handle({ type: 'tick' }, now)
    const words = wordsOf(members, '1.2')
    b.hear('a', words.call())
    b.handle({ type: 'frozen', digest: digestOf('e'), samples: 1 })
    const before = b.effects.length
    b.handle({ type: 'fetched', fetched: { fetch: early!.fetch, arrived: [], problem: 'false' } })
    assert.deepEqual(b.of('accused', b.effects.slice(before)), [])
  })
})

describe('averages for others', () => {
  it('are made by the owner’s stand-in when it is asked', () => {
    const five = [...members, 'e']
    const asked = members.map((self) => {
      const fed = exchanging(self, five, { chunks: 1 })
      const before = fed.of('fetch').length
      fed.handle({ type: 'wanted', chunk: 0 })
      return { before, after: fed.of('fetch').filter(({ fetch }) => fetch.what === 'pieces').length }
    })
    // One chunk has an owner and two stand-ins; each wants the other four pieces. Who is neither does nothing.
    const makers = asked.filter(({ after }) => after > 0).length
    assert.ok(makers >= 2 && makers <= 3, JSON.stringify(asked))
  })

  it('are not made by whoever is not in the roster, nor of chunks that there are not', () => {
    const b = machineOf('b')
    const words = wordsOf(members)
    b.handle({ type: 'call', members })
    b.freeze()
    for (const id of ['a', 'c', 'd']) b.hear(id, words.commitment(id))
    for (const id of ['a', 'c', 'd']) b.hear(id, words.roster(['a', 'c', 'd']))
    assert.equal(b.machine.phase, 'exchanging')
    const pieces = () => b.of('fetch').filter(({ fetch }) => fetch.what === 'pieces').length
    for (const chunk of [0, 1, 2, 3, 4, 1e9]) b.handle({ type: 'wanted', chunk })
    assert.equal(pieces(), 0)
  })
})
