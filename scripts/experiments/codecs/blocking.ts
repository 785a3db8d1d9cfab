/**
 * For how long the main thread of two peers in one process is held up while a model of ten million weights goes from one
 * to the other: the longest delay of a timer that asks for 1 ms, of several pulls each.
 *   npx tsx scripts/experiments/codecs/blocking.ts
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { createCoder } from '../../../node/codecs/index.js'
import { createReading } from '../../../node/peer/codecs/reading.js'
import { createChooseOffer } from '../../../node/peer/codecs/servable.js'
import { createServing } from '../../../node/peer/codecs/serving.js'
import { createSnapshots } from '../../../node/peer/snapshots.js'
import { createRandom } from '../../../protocols/random.js'
import { createSwarm, headOf, layoutOf, runOf } from '../../../test/network/support.js'
import { describeSnapshot } from '../../../node/network/index.js'
import { row } from '../run-grid.js'

const LENGTH = 10_000_000
const PULLS = 5

const random = createRandom('blocking')
const weights = new Float32Array(new SharedArrayBuffer(4 * LENGTH))
for (let i = 0; i < LENGTH; i++) weights[i] = 0.1 * (random.next() - 0.5)
const layout = layoutOf(LENGTH)
const described = await describeSnapshot(weights)

const swarm = createSwarm()
const run = runOf(layout)
const alice = await swarm.start({ run })
const bob = await swarm.start({ run })
await bob.network.dial(alice.address)

console.log(row('codec', 'longest delay of a pull, ms: median', 'largest', 'the pull, ms: median'))
console.log(row('---', '---', '---', '---'))
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
for (const codec of ['float32', 'float16', 'int8', 'int8+brotli', 'top-k:0.05']) {
  const snapshots = createSnapshots()
  const coder = createCoder((error) => {
    throw error
  })
  alice.serveWith(createServing({ snapshots, coder, choose: createChooseOffer(codec) }))
  const reader = createReading({ codec, length: LENGTH, coder })
  const delays: number[] = []
  const times: number[] = []
  for (let version = 1; version <= PULLS; version++) {
    const head = headOf(described.digest, { version })
    snapshots.publish({ ...described, head, layout: layout.fingerprint, weights })
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const startedMs = performance.now()
    await bob.network.pullModel({ from: alice.id, newerThan: version - 1, layout, reader })
    times.push(performance.now() - startedMs)
    delay.disable()
    delays.push(delay.max / 1e6)
  }
  await coder.close()
  const middle = PULLS >> 1
  const cells = [sorted(delays)[middle]!, Math.max(...delays), sorted(times)[middle]!]
  console.log(row(codec, ...cells.map((value) => value.toFixed(0))))
}
await swarm.stop()
process.exit(0)
