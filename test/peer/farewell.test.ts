import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sayFarewell } from '../../node/peer/farewell.js'

describe('a farewell', () => {
  it('is over at once for a peer that has nobody to tell', async (test) => {
    // Timers stand still: whoever waited for one would wait for ever.
    test.mock.timers.enable({ apis: ['setTimeout'] })
    let said = 0
    const sayGoodbye = () => Promise.resolve(void said++)
    await sayFarewell({ network: { connectedPeers: () => [] }, rollCall: { sayGoodbye } })
    assert.equal(said, 1)
  })

  it('takes at most half a second to be sent, and then 300 ms to be heard', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    let over = false
    const farewell = sayFarewell({
      network: { connectedPeers: () => ['ann'] },
      // To a slow reader.
      rollCall: { sayGoodbye: () => new Promise(() => {}) },
    }).then(() => (over = true))
    const pass = async (ms: number): Promise<void> => {
      test.mock.timers.tick(ms)
      await new Promise(setImmediate)
    }
    await pass(500)
    await pass(299)
    assert.equal(over, false)
    await pass(1)
    await farewell
  })
})
