import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exitCodeOf } from '../../../node/cli/exit-codes.js'
import { seededIdentity } from '../../../node/network/index.js'
import { createPeer, type PeerReport } from '../../../node/peer.js'
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

const start = async (
  index: number,
  options: {
    readonly seed: number
    readonly dial?: readonly string[]
    readonly signal?: AbortSignal
    readonly reports?: PeerReport[]
  },
) =>
  createPeer({
    configuration: parseRunConfiguration({ model: 'softmax', inputShape: [1, 1, 1], seed: options.seed }),
    identity: seededIdentity('foreign-run', 1, index),
    name: `peer-${index}`,
    train: examples,
    test: examples,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    dial: options.dial ?? [],
    mdns: false,
    ...(options.signal ? { signal: options.signal } : {}),
    onReport: (report) => options.reports?.push(report),
  })

describe('a peer that is given the address of another run', () => {
  it('does not start, says which run that is, and has an exit code for it', async () => {
    const reports: PeerReport[] = []
    const other = await start(0, { seed: 1, reports })
    try {
      await assert.rejects(
        start(1, { seed: 2, dial: other.addresses() }),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'FOREIGN_RUN')
          assert.match(error.message, /trains run [0-9a-f]{12}.*the connection was closed/)
          assert.match(error.message, /same run configuration/)
          assert.equal(exitCodeOf(error), 24)
          return true
        },
      )
      // The other counts it and goes on.
      assert.deepEqual(
        reports.flatMap((report) => (report.type === 'refused' ? [report.code] : [])),
        ['FOREIGN_RUN'],
      )
      assert.ok(!reports.some(({ type }) => type === 'member'))
    } finally {
      await other.stop()
    }
  })
})

describe('a peer that is called off while it starts', () => {
  it('rejects with STOPPED, which is an interruption and no bug', async () => {
    const controller = new AbortController()
    const starting = start(2, { seed: 1, signal: controller.signal })
    controller.abort()
    await assert.rejects(starting, (error: Error & { code?: string }) => {
      assert.equal(error.code, 'STOPPED')
      assert.equal(exitCodeOf(error), 130)
      return true
    })
  })

  it('reports nothing once it was stopped', async () => {
    const reports: PeerReport[] = []
    const peer = await start(3, { seed: 1, reports })
    await peer.stop()
    const count = reports.length
    await peer.stop()
    peer.begin()
    peer.callMerge()
    assert.equal(reports.length, count)
    await assert.rejects(peer.result, { code: 'STOPPED' })
  })
})
