import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createToyTraining, simulate, type Scenario, type Simulation } from '../harness/index.js'

const DIMENSIONS = 600
const [peers, seed] = [6, 3]

const run = (codec: string | undefined, more: Partial<Scenario> = {}) => {
  let pulled = 0
  const training = createToyTraining({ peers, dimensions: DIMENSIONS, seed })
  const simulation = simulate({
    ...{ seed, peers, topology: 'ring', rounds: 30, training },
    ...(codec === undefined ? {} : { codec }),
    observer: { handled: (_peer, event) => void (pulled += event.type === 'pulled' ? 1 : 0) },
    ...more,
  })
  simulation.run()
  return { simulation, pulled, training }
}

const bytesSent = ({ peers, swarm }: Simulation): number =>
  peers.reduce((sum, _, index) => sum + swarm.bytesSentBy(index), 0)

/** Of all models to the place where they belong, root mean square of one weight. */
const offOptimum = ({ simulation, training }: ReturnType<typeof run>): number => {
  let sum = 0
  for (const id of simulation.peers) {
    simulation.model(id).forEach((weight, i) => (sum += (weight - training.optimum[i]!) ** 2))
  }
  return Math.sqrt(sum / (peers * DIMENSIONS))
}

describe('a simulation with a codec', () => {
  const plain = run(undefined)

  it('is the same as without one for float32', () => {
    assert.deepEqual(run('float32').simulation.trace, plain.simulation.trace)
  })

  it('counts the bytes that the codec writes', () => {
    // Links without a limit: the same messages at the same times, whatever their size.
    const eight = run('int8')
    assert.equal(eight.pulled, plain.pulled)
    // 600 weights: 2,400 bytes plain; 600 and three scales of 4 bytes as int8.
    const answers = (bytesSent(plain.simulation) - bytesSent(eight.simulation)) / (2400 - 612)
    // Some are still under way at the end.
    assert.ok(Number.isInteger(answers) && answers >= plain.pulled && answers <= plain.pulled + 2 * peers)
  })

  it('gives readers what the codec makes of the weights', () => {
    const [half, eight] = [run('float16'), run('int8')]
    const off = (other: ReturnType<typeof run>): number =>
      Math.max(
        ...plain.simulation.model('p00').map((w, i) => Math.abs(w - other.simulation.model('p00')[i]!)),
      )
    // Weights of about 1, rounded every round: at 2^-12 and at 1/254, and pulled back by training.
    assert.ok(off(half) > 0 && off(half) < 0.001, String(off(half)))
    assert.ok(off(eight) > 0.001 && off(eight) < 0.01, String(off(eight)))
  })

  it('comes about as near to the optimum with top-k, in fewer bytes', () => {
    const sparse = run('top-k:0.1')
    assert.ok(bytesSent(sparse.simulation) < bytesSent(plain.simulation) / 3)
    assert.ok(offOptimum(sparse) < 1.4 * offOptimum(plain), `${offOptimum(sparse)}, ${offOptimum(plain)}`)
  })

  it('replays identically from its seed, with losses, duplicates and processes that begin anew', () => {
    const hardship: Partial<Scenario> = {
      world: {
        links: { latencyMs: [1, 9], jitterMs: 5, loss: 0.2, duplicate: 0.1, bandwidthMbps: 1 },
        churn: {
          events: [
            { atMs: 60, peer: 'p01', does: 'crash' },
            { atMs: 90, peer: 'p01', does: 'restart', state: 'kept' },
            { atMs: 100, peer: 'p02', does: 'crash' },
            { atMs: 130, peer: 'p02', does: 'restart', state: 'lost' },
          ],
        },
      },
    }
    for (const codec of ['int8+zlib', 'top-k:0.1+brotli']) {
      const [first, again] = [run(codec, hardship), run(codec, hardship)]
      assert.deepEqual(first.simulation.trace, again.simulation.trace)
      assert.ok(offOptimum(first) < 0.5, String(offOptimum(first)))
    }
  })

  it('is refused with a codec that nobody knows', () => {
    assert.throws(() => run('int7'), { code: 'BAD_VALUE', message: /Did you mean int8\?/ })
  })
})
