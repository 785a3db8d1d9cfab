import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNarrator } from '../../node/cli/narrator.js'
import type { Output } from '../../node/cli/output.js'
import type { RoundReport } from '../../node/peer.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'

const roundOf = (round: number): RoundReport => ({
  ...{ type: 'round', round, loss: 0.5, accuracy: 0.902, mixedFrom: ['a'], members: 2 },
  ...{ bytesSent: 1_000, bytesReceived: 1_000, codecs: {}, weights: new Float32Array(1) },
})

const setUp = (isTerminal: boolean, run: object = {}) => {
  const lines: string[] = []
  const events: object[] = []
  const output: Output = {
    isTerminal,
    say: (line = '') => lines.push(line),
    progress: (line) => lines.push(line),
    emit: (event) => events.push(event),
    endProgress: () => {},
  }
  const narrate = createNarrator(parseRunConfiguration({ rounds: 10, ...run }), output)
  return { narrate, lines, events }
}

describe('the estimate of the merged accuracy', () => {
  for (const isTerminal of [true, false]) {
    it(`is in the lines of the rounds after it, ${isTerminal ? 'live' : 'without a terminal'}`, () => {
      const { narrate, lines } = setUp(isTerminal)
      narrate(roundOf(1))
      narrate({ type: 'estimate', round: 1, mergedAccuracy: 0.9312, models: 5 })
      narrate(roundOf(2))
      assert.equal(lines.length, 2)
      assert.doesNotMatch(lines[0]!, /merged/)
      assert.match(lines[1]!, /accuracy 90\.2 % {2}merged ≈ 93\.1 % {2}mixed with 1/)
    })
  }

  it('is an event for programs, with the number of models', () => {
    const { narrate, events } = setUp(false)
    narrate({ type: 'estimate', round: 1, mergedAccuracy: 0.9312, models: 5 })
    assert.deepEqual(events, [{ type: 'estimate', round: 1, mergedAccuracy: 0.9312, models: 5 }])
  })
})

describe('a peer that has mixed nothing', () => {
  const advice = (lines: readonly string[]) =>
    lines.filter((line) => line.includes('before any model arrived'))

  it('is told so once, when its rounds are over', () => {
    const { narrate, lines } = setUp(false)
    for (let round = 1; round < 10; round++) narrate({ ...roundOf(round), mixedFrom: [] })
    assert.deepEqual(advice(lines), [])
    narrate({ type: 'finished', round: 10 })
    narrate({ ...roundOf(10), mixedFrom: [] })
    narrate({ type: 'merging', period: 1, members: 2 })
    assert.equal(advice(lines).length, 1)
    assert.match(advice(lines)[0]!, /10 rounds .* \(rounds in the run file, now 10\)/)
  })
  it('is told nothing of a merge that was called for before', () => {
    const { narrate, lines } = setUp(false)
    narrate({ ...roundOf(9), mixedFrom: [] })
    narrate({ type: 'merging', period: 1, members: 2 })
    assert.deepEqual(advice(lines), [])
  })
  it('is told nothing once it has mixed, in the last round even', () => {
    const { narrate, lines } = setUp(false)
    narrate({ ...roundOf(9), mixedFrom: [] })
    narrate(roundOf(10))
    narrate({ type: 'finished', round: 10 })
    assert.deepEqual(advice(lines), [])
  })
})

describe('a merge that was abandoned', () => {
  const said = (changes: { period: number; again: boolean; isOver: boolean }) => {
    const { narrate, lines, events } = setUp(false, { periods: 2 })
    narrate({ type: 'abandoned', reason: 'too few', missing: [], ...changes })
    assert.equal(events.length, 1, 'programs are told of each')
    return lines
  }

  it('is said, with what follows', () => {
    const again = said({ period: 2, again: true, isOver: false })
    assert.deepEqual(again, [
      'the merge was abandoned: too few; the local model is untouched, another call follows',
    ])
    const over = said({ period: 1, again: false, isOver: true })
    assert.match(over[0]!, /untouched; period 1 ends without it, and training goes on$/)
  })
  it('says what follows when all rounds are done already', () => {
    const { narrate, lines } = setUp(true, { periods: 2 })
    narrate(roundOf(20))
    narrate({ type: 'abandoned', reason: 'too few', missing: [], period: 1, again: false, isOver: true })
    assert.match(
      lines.at(-1)!,
      /; period 1 ends without it, and as all rounds are done there is nothing to train in period 2$/,
    )
  })
  it('is left to the failure of the run when it ends it, so that it is said once', () => {
    assert.deepEqual(said({ period: 2, again: false, isOver: true }), [])
  })
})
