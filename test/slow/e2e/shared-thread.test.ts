import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createModelMemory } from '../../../node/kernels/model-memory.js'
import { seededIdentity } from '../../../node/network/index.js'
import { createPeer } from '../../../node/peer.js'
import { createTrainerPool } from '../../../node/trainer/index.js'
import { parseRunConfiguration } from '../../../protocols/run/index.js'
import type { Examples } from '../../../protocols/training/contract.js'

/** Ten images of one pixel, one per class. */
const examples: Examples = {
  pixels: Uint8Array.from({ length: 10 }, (_, index) => 25 * index),
  labels: Uint8Array.from({ length: 10 }, (_, index) => index),
  shape: [1, 1, 1],
  classes: 10,
  count: 10,
}
const configuration = parseRunConfiguration({
  ...{ model: 'softmax', inputShape: [1, 1, 1], topology: 'ring', minPeers: 2, rounds: 4, localSteps: 2 },
})

describe('two peers that share a thread', () => {
  it('merge one model, and each closes its own trainer', async () => {
    const models = createModelMemory()
    const pool = await createTrainerPool({
      ...{ model: 'softmax', train: examples, test: examples, batch: 5, seeds: [1, 2], threads: 1, models },
      optimizer: configuration.optimizer,
      parts: [Uint32Array.of(0, 1, 2, 3, 4), Uint32Array.of(5, 6, 7, 8, 9)],
    })
    const start = (index: number, dial: readonly string[]) =>
      createPeer({
        ...{ configuration, train: examples, test: examples, dial, mdns: false },
        identity: seededIdentity('shared-thread', 1, index),
        name: `peer-${index}`,
        listen: ['/ip4/127.0.0.1/tcp/0'],
        training: { trainer: pool.trainer(index), models },
        onReport: () => {},
      })
    try {
      const first = await start(0, [])
      const second = await start(1, first.addresses())
      const [one, other] = await Promise.all([first.result, second.result])
      assert.equal(one.digest, other.digest)
      await first.stop()
      const weights = new Float32Array(pool.layout.length)
      await assert.rejects(pool.trainer(0).evaluate(weights), { code: 'CLOSED' })
      assert.equal((await pool.trainer(1).evaluate(weights)).examples, 10)
      await second.stop()
      await assert.rejects(pool.trainer(1).evaluate(weights), { code: 'CLOSED' })
    } finally {
      await pool.close()
    }
  })
})
