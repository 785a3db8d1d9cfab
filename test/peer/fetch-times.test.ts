import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AVERAGE_WAIT_MS, fetchMsFor } from '../../node/peer/merge/fetch-times.js'
import { mergeTimingFor } from '../../node/peer/merge/timing.js'
import { limits } from '../../protocols/limits.js'

const timingOf = (members: number, parameters: number) => mergeTimingFor({ members, parameters, models: 3 })
const TIMINGS = [2, 3, 4, 7, 16, 100].flatMap((members) =>
  [10, 10_000, 1_000_000, 1e9].map((parameters) => timingOf(members, parameters)),
)

describe('a fetch in a merge', () => {
  it('of four peers with a small model is given up after 6 s, and a probe after 4 s', () => {
    // pullMs is 10 + 4 · 2 s and a little, agreeMs is 10 + 4 · 0.5 s: a third each.
    assert.equal(fetchMsFor(timingOf(4, 0), 'reduced'), 6_000)
    assert.equal(fetchMsFor(timingOf(4, 0), 'leaves'), 4_000)
  })

  it('ends early enough for two more in the time of an exchange, with its extensions for six', () => {
    for (const timing of TIMINGS) {
      const { pullMs } = timing
      const ms = fetchMsFor(timing, 'reduced')
      assert.ok((1 + limits.mergeExtensionsMax) * pullMs >= 6 * ms, `${ms} of ${pullMs}`)
      assert.ok(ms <= limits.exchangeTimeoutMs)
    }
  })

  it('for an average lasts longer than an honest owner keeps others waiting', () => {
    for (const timing of TIMINGS) assert.ok(fetchMsFor(timing, 'reduced') > AVERAGE_WAIT_MS)
  })

  it('that asks whether a member is there fails twice while a roster is agreed on', () => {
    for (const timing of TIMINGS) {
      const { agreeMs, lookMs } = timing
      assert.ok(2 * fetchMsFor(timing, 'leaves') + lookMs! < agreeMs, `${agreeMs}`)
    }
  })
})
