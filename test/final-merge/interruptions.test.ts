import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { longestCallMs } from '../../protocols/final-merge/reduce-scatter/longest-call.js'
import { limits } from '../../protocols/limits.js'
import { exchanging, members, timing, wordsOf, type HandFed } from './hand-fed.js'

/** The merge that this peer takes part in. */
const presentOf = (fed: HandFed): string | undefined => fed.saidOf('commitment').at(-1)?.mergeId

/** `callers` call in turn, each for a newer merge, and those who commit to it do. @returns the calls that were gone along with. */
const callAnew = (
  fed: HandFed,
  {
    named,
    callers,
    committing,
    times,
    everyMs = 1,
  }: {
    readonly named: readonly string[]
    readonly callers: readonly string[]
    readonly committing: readonly string[]
    readonly times: number
    readonly everyMs?: number
  },
): number => {
  const before = fed.saidOf('commitment').length
  for (let k = 0; k < times; k++) {
    const words = wordsOf(named, `1.${String(k + 2)}`)
    const caller = callers[k % callers.length]!
    const nowMs = k * everyMs
    fed.hear(caller, words.call(caller), nowMs)
    for (const id of committing) fed.hear(id, words.commitment(id), nowMs)
  }
  return fed.saidOf('commitment').length - before
}

describe('a merge under way', () => {
  it('is ended by the word of one member as often as honest ones call, and then by a third of the members', () => {
    const b = exchanging('b', members)
    const named = members
    assert.equal(callAnew(b, { named, callers: ['d'], committing: ['d'], times: 20 }), limits.mergeCallsMax)
    assert.equal(presentOf(b), `1.${String(1 + limits.mergeCallsMax)}`)
    // 2 of 4: one of them is honest.
    b.hear('a', wordsOf(members, '1.21').commitment('a'), 20)
    assert.equal(presentOf(b), '1.21')
  })

  it('is not ended by members that are made up for it', () => {
    const b = exchanging('b', members, { members: () => members })
    for (let k = 1; k <= 12; k++) {
      const fresh = `s${String(k)}`
      const words = wordsOf([...members, fresh].sort(), `1.${String(k + 1)}`)
      b.hear('d', words.call(fresh), k)
      for (const id of ['d', fresh]) b.hear(id, words.commitment(id), k)
      assert.equal(b.machine.phase, 'exchanging')
    }
  })

  it('is not ended for ever by members that were made up long before', () => {
    const fresh = Array.from({ length: 20 }, (_, k) => `s${String(k).padStart(2, '0')}`)
    const named = [...members, ...fresh]
    let here: readonly string[] = members
    const b = exchanging('b', members, { members: () => here })
    here = named
    for (const [k, caller] of fresh.entries())
      b.hear('d', wordsOf(named, `1.${String(k + 2)}`).call(caller), k)
    assert.equal(presentOf(b), `1.${String(1 + limits.mergeInterruptionsMax)}`)
  })

  it('is not ended for ever by liars who are a third of their calls with the keys that they made up', () => {
    const eight = [...'abcdefgh']
    const liars = ['g', 'h']
    const named = [...eight, 's']
    const b = exchanging('b', eight, { members: () => eight })
    // 3 of 9 commit. From the second time on the call that they end is one of their own.
    const ended = callAnew(b, { named, callers: liars, committing: [...liars, 's'], times: 100 })
    assert.equal(ended, 2 * limits.mergeCallsMax)
  })

  it('is not ended for ever by liars who are a third of those whom they call', () => {
    const ten = [...'abcdefghij']
    const liars = ['h', 'i', 'j']
    const b = exchanging('b', ten, { members: () => ten })
    // 3 of 7, and 3 of 10. Each of them has its own word.
    const ended = callAnew(b, { named: [...'abcd', ...liars], callers: liars, committing: liars, times: 100 })
    assert.equal(ended, Math.min(3 * limits.mergeCallsMax, limits.mergeInterruptionsMax))
  })

  it('is ended by a third of its members also where they are few of those known, if they are a third of these too', () => {
    const ten = [...'abcdefghij']
    const seven = [...'abcdefg']
    const callOf = (committing: string): boolean => {
      const b = exchanging('b', seven, { members: () => ten })
      callAnew(b, { named: seven, callers: ['f'], committing: [], times: limits.mergeCallsMax })
      const words = wordsOf(seven, '1.9')
      b.hear('f', words.call('f'), 10)
      for (const id of committing) b.hear(id, words.commitment(id), 10)
      return presentOf(b) === '1.9'
    }
    assert.equal(callOf('acd'), false) // 3 of 10
    assert.equal(callOf('acde'), true)
  })

  it('is the last one once calls have ended each other for as long as one can last, whoever goes along', () => {
    const b = exchanging('b', members)
    const longestMs = longestCallMs(timing)
    // Less than an unanswered call takes to be given up.
    const everyMs = 200
    const times = Math.ceil((3 * longestMs) / everyMs)
    let abandonedMs: number | undefined
    for (let k = 0; k < times && abandonedMs === undefined; k++) {
      const nowMs = k * everyMs
      const words = wordsOf(members, `1.${String(k + 2)}`)
      for (const id of ['d', 'a']) b.hear(id, words.call('d'), nowMs)
      for (const id of ['a', 'd']) b.hear(id, words.commitment(id), nowMs)
      for (let tickMs = nowMs; tickMs < nowMs + everyMs; tickMs += timing.repeatMs) {
        b.handle({ type: 'tick' }, tickMs)
        if (b.of('abandoned').length > 0) abandonedMs ??= tickMs
      }
    }
    assert.ok(abandonedMs !== undefined && abandonedMs >= longestMs && abandonedMs <= 2 * longestMs)
    assert.ok(b.saidOf('commitment').length > limits.mergeInterruptionsMax)
  })
})
