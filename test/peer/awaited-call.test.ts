import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Learner } from '../../node/peer/learner.js'
import { createLifecycle } from '../../node/peer/lifecycle.js'
import type { AbandonedPeriod } from '../../node/peer/merge/merges.js'
import type { Progress } from '../../node/peer/merge/schedule.js'
import type { PeerReport } from '../../node/peer/reports.js'
import type { RollCall } from '../../node/peer/roll-call.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import { toldMerges } from './told-merges.js'

const NAMES: Readonly<Record<string, string>> = { ann: 'Ann', bob: 'Bob', me: 'Me' }

/** A peer of a run of ten rounds and two periods. */
const setUp = (
  test: TestContext,
  { callers = ['bob'], present = ['ann', 'me'] }: { callers?: 'any' | string[]; present?: string[] } = {},
) => {
  let nowMs = 1_000
  test.mock.method(performance, 'now', () => nowMs)
  const members = [...present]
  const heads = new Map<string, Progress>()
  const own = { round: 0, samples: 0, finished: false }
  const reports: PeerReport[] = []
  const callerless: AbandonedPeriod[] = []
  const { merge, merges } = toldMerges()
  const rollCall = {
    members,
    get records() {
      return members.map((id) => ({ id, name: NAMES[id]!, addresses: [] }))
    },
    headOf: (id: string) => heads.get(id),
  } as unknown as RollCall
  const configuration = parseRunConfiguration({ rounds: 10, periods: 2, finalMerge: { callers } })
  const lifecycle = createLifecycle({
    ...{ configuration, self: 'me', rollCall, progress: () => own, merges },
    learner: { dispatch: () => {} } as unknown as Learner,
    onReport: (report) => (report.type === 'started' ? undefined : reports.push(report)),
    onCallerless: (gaveUp) => callerless.push(gaveUp),
  })
  lifecycle.ready(Float32Array.of(1))
  const pass = (ms: number): void => {
    nowMs += ms
    lifecycle.tick()
  }
  return {
    ...{ lifecycle, reports, callerless, members, merge, pass },
    /** All have done their part of the present period. */
    finish: (round: number): void => {
      own.round = round
      for (const id of ['ann', 'bob']) heads.set(id, { round, samples: 0, finished: false })
      pass(0)
    },
  }
}

describe('a run whose callers are none of those present', () => {
  it('is told of once, when training begins', (test) => {
    const { reports, pass } = setUp(test)
    pass(1_000)
    assert.deepEqual(reports, [{ type: 'callerless', callers: ['bob'], here: [] }])
  })
  it('is not one where one of them is here, this peer itself even, or where anyone may call', (test) => {
    assert.deepEqual(setUp(test, { present: ['ann', 'bob', 'me'] }).reports, [])
    assert.deepEqual(setUp(test, { callers: ['me'] }).reports, [])
    assert.deepEqual(setUp(test, { callers: 'any' }).reports, [])
  })
})

describe('a merge that waits for its call', () => {
  it('is told of once a period when the caller is late, with who may call and how long that is waited for', (test) => {
    const { reports, pass, finish } = setUp(test, { callers: ['bob', 'zoe'], present: ['ann', 'bob', 'me'] })
    pass(20_000)
    assert.deepEqual(reports, [])
    finish(10)
    pass(4_999)
    assert.deepEqual(reports, [])
    pass(1)
    pass(1_000)
    const who = { callers: ['bob', 'zoe'], here: [{ id: 'bob', name: 'Bob' }] }
    // Ten times the 20 s that the period took.
    assert.deepEqual(reports, [{ type: 'awaitingCall', period: 1, ...who, leftMs: 195_000 }])
  })

  it('is over when it says, where a caller is here that does not call', (test) => {
    const { lifecycle, callerless, pass, finish } = setUp(test, { present: ['ann', 'bob', 'me'] })
    pass(20_000)
    finish(10)
    pass(50_000)
    assert.equal(lifecycle.awaitedCall!.leftMs, 150_000)
    pass(149_999)
    assert.equal(callerless.length, 0)
    assert.equal(lifecycle.awaitedCall!.leftMs, 1)
    pass(1)
    assert.equal(callerless.length, 1)
    assert.equal(lifecycle.awaitedCall, null)
  })

  it('is over when it says, where no caller is here, and the next period likewise', (test) => {
    const { lifecycle, reports, callerless, pass, finish } = setUp(test)
    pass(15_000)
    finish(10)
    // As long as a slow member is waited for: as long as the period took.
    assert.equal(lifecycle.awaitedCall!.leftMs, 15_000)
    pass(14_999)
    assert.equal(callerless.length, 0)
    pass(1)
    assert.equal(callerless.length, 1)
    pass(3_000)
    finish(20)
    const { leftMs } = lifecycle.awaitedCall!
    pass(leftMs - 1)
    assert.equal(callerless.length, 1)
    pass(1)
    assert.equal(callerless.length, 2)
    const periods = reports.flatMap((report) => (report.type === 'awaitingCall' ? [report.period] : []))
    assert.deepEqual(periods, [1, 2])
  })

  it('waits longer once a caller has come', (test) => {
    const { lifecycle, members, callerless, pass, finish } = setUp(test)
    finish(10)
    pass(9_000)
    members.push('bob')
    pass(0)
    // Since it was due: ten times 10 s, the shortest that counts.
    assert.equal(lifecycle.awaitedCall!.leftMs, 91_000)
    pass(90_999)
    assert.equal(callerless.length, 0)
    pass(1)
    assert.equal(callerless.length, 1)
  })

  it('waits no more while the merge is under way, and anew if that came to nothing', (test) => {
    const { lifecycle, merge, reports, pass, finish } = setUp(test, { present: ['ann', 'bob', 'me'] })
    finish(10)
    pass(60_000)
    assert.equal(lifecycle.awaitedCall!.leftMs, 40_000)
    merge.isUnderWay = true
    pass(1_000)
    assert.equal(lifecycle.awaitedCall, null)
    merge.isUnderWay = false
    pass(1_000)
    assert.equal(lifecycle.awaitedCall!.leftMs, 100_000)
    assert.equal(reports.length, 1)
  })

  it('is none of a peer that may call itself', (test) => {
    const { lifecycle, merge, pass, finish } = setUp(test, { callers: ['me'] })
    finish(10)
    pass(1_000)
    assert.equal(lifecycle.awaitedCall, null)
    assert.ok(merge.isActive)
  })
})
