import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { peerNames, worldSchema } from '../harness/index.js'
import { createComings } from '../harness/world/churn.js'
import { createPace } from '../harness/world/devices.js'

const paceOf = (devices: object, peers = 4, seed = 1) =>
  createPace(worldSchema.parse({ devices }).devices, peers, seed)

describe('devices', () => {
  it('take the time of one step for each step, divided by their speed', () => {
    const pace = paceOf({ stepMs: 12, speed: { trace: [1, 2, 0.5] } })
    assert.deepEqual(
      [0, 1, 2, 3].map((peer) => pace.roundMs(peer, 5)),
      // 5 · 12; twice as fast; half as fast; the trace begins anew.
      [60, 30, 120, 60],
    )
  })

  it('vary from round to round within their jitter, around the same mean', () => {
    const pace = paceOf({ stepMs: 10, jitter: 0.4 })
    const rounds = Array.from({ length: 10_000 }, () => pace.roundMs(0, 1))
    assert.ok(Math.min(...rounds) >= 6 && Math.max(...rounds) < 14)
    const mean = rounds.reduce((sum, ms) => sum + ms, 0) / rounds.length
    // Standard deviation 8/√12; five standard errors.
    assert.ok(Math.abs(mean - 10) < (5 * 8) / Math.sqrt(12) / 100, `${mean}`)
  })

  it('have lognormal speeds with median 1, the same for one seed', () => {
    const speeds = (seed: number) => {
      const pace = paceOf({ stepMs: 1, speed: { lognormal: 0.5 } }, 4000, seed)
      return Array.from({ length: 4000 }, (_, peer) => 1 / pace.roundMs(peer, 1))
    }
    const logs = speeds(3).map(Math.log)
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length)
    assert.ok(Math.abs(mean) < (5 * 0.5) / Math.sqrt(4000), `${mean}`)
    assert.ok(Math.abs(deviation - 0.5) < 0.03, `${deviation}`)
    assert.deepEqual(speeds(3), speeds(3))
    assert.notDeepEqual(speeds(3), speeds(4))
  })
})

describe('churn', () => {
  const comingsOf = (churn: object) => createComings(worldSchema.parse({ churn }).churn, peerNames(3), 1)

  it('has those who join missing at first, and nobody else', () => {
    const events = [
      { atMs: 5, peer: 'p01', does: 'join' },
      { atMs: 9, peer: 'p02', does: 'crash' },
    ]
    const comings = comingsOf({ events })
    assert.deepEqual([...comings.latecomers], [1])
    assert.deepEqual(
      comings.scheduled.map(({ peer, does, state, atMs }) => [peer, does, state, atMs]),
      [
        [1, 'join', 'kept', 5],
        [2, 'crash', 'kept', 9],
      ],
    )
    assert.equal(comings.nextGoing(), undefined)
  })

  it('lets peers go at their rates: exponential times, crashes and leaves in proportion', () => {
    const comings = comingsOf({ rates: { crashesPerMinute: 3, leavesPerMinute: 1 } })
    const goings = Array.from({ length: 20_000 }, () => comings.nextGoing()!)
    // 4 a minute: 15 s on average, with the same standard deviation.
    const mean = goings.reduce((sum, { afterMs }) => sum + afterMs, 0) / goings.length
    assert.ok(Math.abs(mean - 15_000) < (5 * 15_000) / Math.sqrt(20_000), `${mean}`)
    const crashes = goings.filter(({ does }) => does === 'crash').length / goings.length
    assert.ok(Math.abs(crashes - 0.75) < 5 * Math.sqrt((0.75 * 0.25) / 20_000), `${crashes}`)
  })

  it('brings them back after their time away, or never', () => {
    assert.deepEqual(comingsOf({ rates: { awayMs: 250, state: 'lost' } }).nextReturn(), {
      afterMs: 250,
      state: 'lost',
    })
    assert.equal(comingsOf({ rates: { awayMs: null } }).nextReturn(), undefined)
  })

  it('that names a stranger is refused', () => {
    assert.throws(() => comingsOf({ events: [{ atMs: 5, peer: 'bob', does: 'crash' }] }), {
      code: 'BAD_VALUE',
    })
  })
})
