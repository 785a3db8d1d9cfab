import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMergeSchedule, type Moment, type Progress } from '../../node/peer/merge/schedule.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'

const at = (round: number, samples = 0): Progress => ({ round, samples, finished: false })
const FINISHED: Progress = { round: 0, samples: 0, finished: true }

const scheduleOf = (after?: object, periods = 1) => {
  const schedule = createMergeSchedule(
    parseRunConfiguration({ rounds: 10, periods, finalMerge: after ? { after } : {} }),
  )
  const isDue = (moment: Partial<Moment>): boolean =>
    schedule.isDue({ period: 1, self: at(0), others: [], sinceBeginMs: 0, isCutOff: false, ...moment })
  return isDue
}

describe('the merge after rounds', () => {
  it('is due when all have done those of the period, and no word is no round', () => {
    const isDue = scheduleOf()
    assert.equal(isDue({ self: at(9), others: [at(10)] }), false)
    assert.equal(isDue({ self: at(10), others: [at(9)] }), false)
    assert.equal(isDue({ self: at(10), others: [at(10), undefined] }), false)
    assert.equal(isDue({ self: at(10), others: [at(10), at(12)] }), true)
    assert.equal(isDue({ self: at(10), others: [] }), true)
  })

  it('counts the rounds of all periods so far', () => {
    const isDue = scheduleOf({ rounds: 4 }, 3)
    assert.equal(isDue({ period: 2, self: at(7), others: [at(8)] }), false)
    assert.equal(isDue({ period: 2, self: at(8), others: [at(7)] }), false)
    assert.equal(isDue({ period: 2, self: at(8), others: [at(8)] }), true)
  })

  it('does not wait for rounds that the run does not have', () => {
    const isDue = scheduleOf({ rounds: 1000 })
    assert.equal(isDue({ self: FINISHED, others: [at(10)] }), false)
    assert.equal(isDue({ self: FINISHED, others: [FINISHED] }), true)
  })
})

describe('the merge after examples', () => {
  it('is due when all have seen those of the period', () => {
    const isDue = scheduleOf({ samples: 500 }, 2)
    assert.equal(isDue({ self: at(9, 499), others: [at(9, 900)] }), false)
    assert.equal(isDue({ self: at(1, 500), others: [at(1, 499)] }), false)
    assert.equal(isDue({ self: at(1, 500), others: [at(1, 500)] }), true)
    assert.equal(isDue({ period: 2, self: at(1, 999), others: [at(1, 1000)] }), false)
    assert.equal(isDue({ period: 2, self: at(1, 1000), others: [at(1, 1000)] }), true)
  })
})

describe('the merge after a time', () => {
  it('is due then, however far anybody is', () => {
    const isDue = scheduleOf({ time: 1.5 }, 2)
    assert.equal(isDue({ self: at(9), others: [at(9)], sinceBeginMs: 1499 }), false)
    assert.equal(isDue({ self: at(0), others: [undefined], isCutOff: true, sinceBeginMs: 1500 }), true)
    assert.equal(isDue({ period: 2, sinceBeginMs: 2999 }), false)
    assert.equal(isDue({ period: 2, sinceBeginMs: 3000 }), true)
  })

  it('is due before when nobody has anything left to do', () => {
    const isDue = scheduleOf({ time: 1000 })
    assert.equal(isDue({ self: FINISHED, others: [at(9)], sinceBeginMs: 1 }), false)
    assert.equal(isDue({ self: FINISHED, others: [FINISHED], sinceBeginMs: 2 }), true)
  })
})

describe('patience with those that are slower', () => {
  const slow = [at(9)]

  it('lasts as long as the own part of the period took', () => {
    const isDue = scheduleOf()
    assert.equal(isDue({ self: at(10), others: slow, sinceBeginMs: 30_000 }), false)
    assert.equal(isDue({ self: at(11), others: slow, sinceBeginMs: 59_999 }), false)
    assert.equal(isDue({ self: at(12), others: slow, sinceBeginMs: 60_000 }), true)
  })

  it('lasts ten seconds at least', () => {
    const isDue = scheduleOf()
    assert.equal(isDue({ self: at(10), others: slow, sinceBeginMs: 500 }), false)
    assert.equal(isDue({ self: at(10), others: slow, sinceBeginMs: 10_499 }), false)
    assert.equal(isDue({ self: at(10), others: slow, sinceBeginMs: 10_500 }), true)
  })

  it('goes by the time since the end of the period before', () => {
    const isDue = scheduleOf(undefined, 2)
    assert.equal(isDue({ self: at(10), others: [at(10)], sinceBeginMs: 30_000 }), true)
    // Done with the second after 20 s more: until 50 + 20 s.
    const second = { period: 2, self: at(20), others: [at(19)] }
    assert.equal(isDue({ ...second, sinceBeginMs: 50_000 }), false)
    assert.equal(isDue({ ...second, sinceBeginMs: 69_999 }), false)
    assert.equal(isDue({ ...second, sinceBeginMs: 70_000 }), true)
  })

  it('also goes before a peer that is cut off merges alone', () => {
    const isDue = scheduleOf()
    const alone = { self: at(10), others: [], isCutOff: true }
    assert.equal(isDue({ ...alone, sinceBeginMs: 20_000 }), false)
    assert.equal(isDue({ ...alone, sinceBeginMs: 39_999 }), false)
    assert.equal(isDue({ ...alone, sinceBeginMs: 40_000 }), true)
  })
})
