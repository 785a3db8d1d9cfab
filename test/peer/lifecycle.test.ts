import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Learner } from '../../node/peer/learner.js'
import { createLifecycle } from '../../node/peer/lifecycle.js'
import type { AbandonedPeriod } from '../../node/peer/merge/merges.js'
import type { Progress } from '../../node/peer/merge/schedule.js'
import type { PeerReport } from '../../node/peer/reports.js'
import type { RollCall } from '../../node/peer/roll-call.js'
import type { GossipEvent } from '../../protocols/gossip-learning/index.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import { toldMerges } from './told-merges.js'

const INITIAL = Float32Array.of(1)
/** Milliseconds until a merge that was abandoned is called for again. */
const AGAIN_MS = 5_000
const AGAIN = { isOver: false, again: true }
const OVER = { isOver: true, again: false }
/** Milliseconds that a peer waits at least for a caller. */
const PATIENCE_MS = 10_000

/** A peer of a run of ten rounds whose merge does what the test says. */
const setUp = (test: TestContext, configuration: object = {}) => {
  let nowMs = 1_000
  test.mock.method(performance, 'now', () => nowMs)
  const members = ['ann', 'me']
  const heads = new Map<string, Progress>()
  const own = { round: 0, samples: 0, finished: false }
  const events: GossipEvent<Float32Array>[] = []
  const reports: PeerReport[] = []
  const callerless: AbandonedPeriod[] = []
  const { merge, merges } = toldMerges()
  const lifecycle = createLifecycle({
    configuration: parseRunConfiguration({ rounds: 10, ...configuration }),
    self: 'me',
    rollCall: { members, records: [], headOf: (id: string) => heads.get(id) } as unknown as RollCall,
    learner: { dispatch: (event: GossipEvent<Float32Array>) => void events.push(event) } as Learner,
    merges,
    progress: () => own,
    onReport: (report) => reports.push(report),
    onCallerless: (gaveUp) => callerless.push(gaveUp),
  })
  const allAt = (round: number): void => {
    own.round = round
    heads.set('ann', { round, samples: 0, finished: false })
  }
  return {
    ...{ lifecycle, members, heads, own, events, reports, callerless, merge, allAt },
    abandon: (period = merge.periodsDone + 1, isDisturbed = false): { isOver: boolean; again: boolean } => {
      merge.isActive = false
      return lifecycle.abandoned(period, { isDisturbed })
    },
    pass: (ms: number): void => {
      nowMs += ms
      lifecycle.tick()
    },
  }
}

const begun = (test: TestContext, configuration?: object) => {
  const peer = setUp(test, configuration)
  peer.lifecycle.ready(INITIAL)
  return peer
}

describe('the beginning of a run', () => {
  it('waits until enough are here', (test) => {
    const { lifecycle, members, events, reports, pass } = begun(test, { minPeers: 3 })
    assert.deepEqual(reports, [{ type: 'waiting', members: 2, needed: 3 }])
    assert.equal(lifecycle.begun, false)
    members.push('zoe')
    pass(1)
    assert.deepEqual(events, [{ type: 'start', weights: INITIAL, late: false }])
    pass(1)
    assert.equal(events.length, 1)
  })

  it('comes when it is told, with whoever is here, once it is ready', (test) => {
    const { lifecycle, events } = setUp(test, { minPeers: 3 })
    lifecycle.begin()
    assert.deepEqual(events, [])
    lifecycle.ready(INITIAL)
    assert.equal(events.length, 1)
  })

  it('is late where others are five rounds on, and then needs no further members', (test) => {
    const { lifecycle, heads, events } = setUp(test, { minPeers: 3 })
    heads.set('ann', { round: 5, samples: 0, finished: false })
    lifecycle.ready(INITIAL)
    assert.deepEqual(events, [{ type: 'start', weights: INITIAL, late: true }])
  })
})

describe('the merge of a run', () => {
  it('is called for once it is due, and not again while it lasts', (test) => {
    const { merge, allAt, pass } = begun(test)
    allAt(9)
    pass(1)
    assert.equal(merge.calls, 0)
    allAt(10)
    pass(1)
    pass(60_000)
    assert.equal(merge.calls, 1)
  })

  it('is not called for before training has begun', (test) => {
    const { merge, allAt, pass } = setUp(test, { minPeers: 3, finalMerge: { after: { time: 1 } } })
    allAt(10)
    pass(60_000)
    assert.equal(merge.calls, 0)
  })

  it('is called for after the rounds of each period, until all are done', (test) => {
    const { merge, allAt, pass } = begun(test, { periods: 2 })
    allAt(10)
    pass(1)
    Object.assign(merge, { isActive: false, periodsDone: 1 })
    allAt(19)
    pass(1)
    assert.equal(merge.calls, 1)
    allAt(20)
    pass(1)
    assert.equal(merge.calls, 2)
    Object.assign(merge, { isActive: false, periodsDone: 2 })
    pass(60_000)
    assert.equal(merge.calls, 2)
  })
})

describe('a peer that is late', () => {
  it('listens for a merge that is under way before it calls for one', (test) => {
    const { lifecycle, merge, allAt, pass } = setUp(test)
    allAt(10)
    lifecycle.ready(INITIAL)
    // Four repetitions, every 2000 + 2 · 250 ms.
    pass(9_999)
    assert.equal(merge.calls, 0)
    pass(1)
    assert.equal(merge.calls, 1)
  })
})

describe('a merge that was abandoned', () => {
  it('is called for again a while later, three times in all, and then the period ends without', (test) => {
    const { merge, allAt, abandon, pass } = begun(test)
    allAt(10)
    pass(1)
    assert.deepEqual(abandon(), AGAIN)
    pass(AGAIN_MS - 1)
    assert.equal(merge.calls, 1)
    pass(1)
    assert.equal(merge.calls, 2)
    assert.deepEqual(abandon(), AGAIN)
    pass(AGAIN_MS)
    assert.equal(merge.calls, 3)
    assert.deepEqual(abandon(), OVER)
    assert.equal(merge.periodsDone, 1)
    pass(60_000)
    assert.equal(merge.calls, 3)
  })

  it('does not count where others brought it about by their calls, and is called for again all the same', (test) => {
    const { merge, allAt, abandon, pass } = begun(test)
    allAt(10)
    for (let times = 1; times <= 5; times++) {
      pass(AGAIN_MS)
      assert.equal(merge.calls, times)
      assert.deepEqual(abandon(1, true), AGAIN)
    }
    assert.deepEqual([abandon(), abandon(), abandon()], [AGAIN, AGAIN, OVER])
  })

  it('does not count for the next period', (test) => {
    const { merge, allAt, abandon, pass } = begun(test, { periods: 3 })
    allAt(10)
    pass(1)
    assert.deepEqual([abandon(), abandon()], [AGAIN, AGAIN])
    // Then it succeeds.
    merge.periodsDone = 1
    assert.deepEqual([abandon(), abandon(), abandon()], [AGAIN, AGAIN, OVER])
    assert.equal(merge.periodsDone, 2)
    assert.deepEqual([abandon(), abandon(), abandon()], [AGAIN, AGAIN, OVER])
  })

  it('ends the periods before it too when it was one that others had begun ahead of time', (test) => {
    const { merge, allAt, abandon, pass } = begun(test, { periods: 3 })
    allAt(10)
    pass(1)
    // Of the first once, of the second three times.
    assert.deepEqual([abandon(1), abandon(2), abandon(2)], [AGAIN, AGAIN, AGAIN])
    assert.equal(merge.periodsDone, 0)
    assert.deepEqual(abandon(2), OVER)
    assert.equal(merge.periodsDone, 2)
  })

  it('is not tried again all-to-all, which has one call', (test) => {
    const { merge, allAt, abandon, pass } = begun(test, { finalMerge: { method: 'all-to-all' } })
    allAt(10)
    pass(1)
    assert.deepEqual(abandon(), OVER)
    assert.equal(merge.periodsDone, 1)
  })
})

describe('a merge that this peer may not call for', () => {
  const run = { finalMerge: { callers: ['ann'] } }

  it('is waited for while one is here who may, for ten times as long as the period took', (test) => {
    const { merge, callerless, members, allAt, pass } = begun(test, { ...run, periods: 2 })
    pass(60_000)
    allAt(10)
    pass(0)
    pass(10 * 60_000 - 1)
    // That she is away for a while changes nothing.
    members.splice(0, 1)
    pass(0)
    members.unshift('ann')
    assert.deepEqual([merge.calls, merge.periodsDone, callerless.length], [0, 0, 0])
    pass(1)
    assert.deepEqual([merge.calls, merge.periodsDone], [0, 1])
    assert.deepEqual(callerless, [
      { period: 1, reason: 'those who may call for it do not', missing: ['ann'] },
    ])
    // The second takes 40 s; the longest so far counts, without what was waited in vain.
    pass(40_000)
    allAt(20)
    pass(0)
    pass(10 * 60_000 - 1)
    assert.equal(callerless.length, 1)
    pass(1)
    assert.equal(callerless[1]?.period, 2)
  })

  it('is waited for by the time of one period, also after many that were called for in time', (test) => {
    const { merge, callerless, allAt, pass } = begun(test, { ...run, rounds: 1_000, periods: 50 })
    // 49 periods of 20 s, all merged before this peer had looked.
    for (let period = 1; period < 50; period++) {
      pass(20_000)
      merge.periodsDone = period
    }
    pass(20_000)
    allAt(50_000)
    pass(0)
    pass(10 * 20_000 - 1)
    assert.equal(callerless.length, 0)
    pass(1)
    assert.equal(callerless.length, 1)
  })

  it('is waited for anew after one that was under way, whoever called for it', (test) => {
    const { merge, callerless, allAt, pass } = begun(test, run)
    allAt(10)
    pass(1)
    pass(10 * PATIENCE_MS - 1)
    merge.isUnderWay = true
    pass(1)
    merge.isUnderWay = false
    pass(1)
    pass(10 * PATIENCE_MS - 1)
    assert.equal(callerless.length, 0)
    merge.isActive = true
    pass(1)
    merge.isActive = false
    pass(1)
    pass(10 * PATIENCE_MS - 1)
    assert.equal(callerless.length, 0)
    pass(1)
    assert.equal(callerless.length, 1)
  })

  it('does not take place when nobody is here who may: its period ends, after patience', (test) => {
    const { merge, members, own, callerless, pass } = begun(test, { ...run, minPeers: 1 })
    own.round = 10
    members.splice(0, 1)
    pass(1)
    pass(PATIENCE_MS - 1)
    assert.equal(merge.periodsDone, 0)
    // She comes back, and has to be away for as long again.
    members.unshift('ann')
    pass(PATIENCE_MS)
    members.splice(0, 1)
    pass(1)
    pass(PATIENCE_MS - 1)
    assert.equal(merge.periodsDone, 0)
    pass(1)
    assert.equal(merge.periodsDone, 1)
    assert.deepEqual(callerless, [
      { period: 1, reason: 'nobody is here who may call for it', missing: ['ann'] },
    ])
    pass(10 * PATIENCE_MS)
    assert.equal(callerless.length, 1)
  })

  it('is waited for while others speak of it, though whoever called is gone', (test) => {
    const { merge, members, own, callerless, pass } = begun(test, { ...run, minPeers: 1 })
    own.round = 10
    members.splice(0, 1)
    pass(1)
    merge.isUnderWay = true
    pass(10 * PATIENCE_MS)
    pass(10 * PATIENCE_MS)
    assert.equal(callerless.length, 0)
    merge.isUnderWay = false
    pass(1)
    pass(PATIENCE_MS - 1)
    assert.equal(callerless.length, 0)
    pass(1)
    assert.equal(callerless.length, 1)
  })

  it('and was abandoned is not said to be called for again when nobody is here who may', (test) => {
    const { members, merge, allAt, abandon, pass } = begun(test, run)
    allAt(10)
    pass(1)
    merge.isActive = true
    members.splice(0, 1)
    assert.deepEqual(abandon(), { isOver: false, again: false })
    members.unshift('ann')
    assert.deepEqual(abandon(), AGAIN)
  })
})
