import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createExchangeTimes } from '../../node/network/exchange-times.js'

/** An exchange with a deadline of 100 ms from 1000 on, whose request is sent so many milliseconds later. */
const begun = (sentAfterMs: number) => {
  let now = 1000 + sentAfterMs
  const times = createExchangeTimes({ asked: 'int8', sinceMs: 1000, timeoutMs: 100, nowMs: () => now })
  return { times, pass: (ms: number) => void (now += ms) }
}

describe('the times of an exchange', () => {
  it('are of the way there and back without the encoder, of the bytes, and of decoding', () => {
    const { times, pass } = begun(10)
    pass(7)
    times.answered({ codec: 'float16', waitedMs: 4, following: 2 })
    pass(20)
    times.received(300)
    times.received(200)
    times.complete()
    pass(5)
    assert.deepEqual(times.finished(), {
      ...{
        codec: 'float16',
        bytes: 500,
        roundTripMs: 3,
        transferMs: 20,
        waitedMs: 4,
        decodeMs: 5,
        roundTrips: 1,
      },
    })
  })

  it('tell of the second round trip of one whose weights had to be asked for', () => {
    const { times } = begun(0)
    times.answered({ codec: 'float32', waitedMs: 0, following: 0 })
    times.complete()
    assert.equal(times.finished().roundTrips, 2)
  })

  it('say of one that was not answered what it had asked for, and for how long', () => {
    const { times, pass } = begun(50)
    pass(50)
    assert.deepEqual(times.gaveUp(), { type: 'unanswered', codec: 'int8', elapsedMs: 50 })
  })

  it('say of one that was given up amid its weights how many came, in the codec that came', () => {
    const { times, pass } = begun(0)
    pass(2)
    times.answered({ codec: 'float32', waitedMs: 0, following: 0 })
    times.received(300)
    pass(98)
    assert.deepEqual(times.gaveUp(), {
      ...{ type: 'receiving', codec: 'float32', bytes: 300 },
      ...{ roundTripMs: 2, transferMs: 98, waitedMs: 0, decodeMs: 0, roundTrips: 2 },
    })
  })

  it('say of one that was given up while it was decoded that its bytes had come', () => {
    const { times, pass } = begun(0)
    times.answered({ codec: 'int8', waitedMs: 0, following: 1 })
    pass(10)
    times.received(300)
    times.complete()
    pass(90)
    assert.deepEqual(times.gaveUp(), {
      ...{ type: 'decoding', codec: 'int8', bytes: 300 },
      ...{ roundTripMs: 0, transferMs: 10, waitedMs: 0, decodeMs: 90, roundTrips: 1 },
    })
  })

  it('are nothing to learn from where others had used up more than half of the time', () => {
    const { times, pass } = begun(51)
    pass(49)
    assert.equal(times.gaveUp(), undefined)
  })
})
