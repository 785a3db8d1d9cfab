import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createToyTraining, simulate, type Scenario, type Simulation } from '../harness/index.js'

const base: Scenario = { seed: 1, peers: 8, topology: 'regular:4', rounds: 40 }

const training = createToyTraining({ peers: 8, dimensions: 4, seed: 1 })

/** Relative speeds of the eight peers: all alike but one. */
const slow = (peer: number, speed: number) => ({
  speed: { trace: Array.from({ length: 8 }, (_, index) => (index === peer ? speed : 1)) },
})

const ran = (scenario: Partial<Scenario> = {}): Simulation => {
  const simulation = simulate({ ...base, training, ...scenario })
  simulation.run()
  return simulation
}

/** How far the mean of the local models is from the optimum, and the furthest local model. */
const errorsOf = (simulation: Simulation, peers = simulation.peers) => {
  const { optimum } = training
  const distance = (values: Float32Array) => Math.hypot(...values.map((value, i) => value - optimum[i]!))
  const models = peers.map((peer) => simulation.model(peer))
  const mean = optimum.map((_, i) => models.reduce((sum, model) => sum + model[i]!, 0) / models.length)
  return { mean: distance(mean), worst: Math.max(...models.map(distance)) }
}

describe('a swarm on least squares', () => {
  for (const mode of ['async', 'rounds'] as const) {
    for (const topology of ['ring', 'full', 'regular:4', 'exponential', 'random:2']) {
      it(`brings the mean model near the optimum (${mode}, ${topology})`, () => {
        const simulation = ran({ mode, topology })
        for (const peer of simulation.peers) assert.equal(simulation.engine(peer).state.round, 40)
        // Alone, each would end at its own target.
        const alone = errorsOf(ran({ schedule: 'never' }))
        const together = errorsOf(simulation)
        assert.ok(together.mean < 0.15, `mean off by ${together.mean}`)
        assert.ok(together.worst < 0.75 * alone.worst, `worst ${together.worst}, alone ${alone.worst}`)
      })
    }
  }

  it('keeps to lock step: after every peer’s last round nobody mixed anything but that round', () => {
    // 10 ms a step, p03 30 ms.
    const simulation = ran({ mode: 'rounds', rounds: 5, world: { devices: slow(3, 1 / 3) } })
    const mixes = simulation.trace.filter((line) => line.includes('round 3 '))
    assert.equal(mixes.length, 8)
    for (const line of mixes) assert.equal(line.split('mixed ')[1]!.split(',').length, 4)
  })

  it('lets fast peers run ahead of slow ones in mode async', () => {
    // 10 ms a step, p00 50 ms.
    const simulation = ran({ rounds: 20, world: { devices: slow(0, 1 / 5) } })
    const finished = simulation.trace
      .filter((line) => line.includes('finished'))
      .map((line) => line.split(' '))
    assert.equal(finished.at(-1)![1], 'p00')
    // 20 rounds of 50 ms: it never waited.
    assert.equal(Number(finished.at(-1)![0]), 1000)
  })
})

describe('a swarm with faults', () => {
  const churn = {
    events: [
      { atMs: 100, peer: 'p02', does: 'crash' as const },
      { atMs: 150, peer: 'p05', does: 'leave' as const },
      { atMs: 200, peer: 'p07', does: 'join' as const },
    ],
  }
  const faulty: Partial<Scenario> = {
    seed: 5,
    world: { links: { latencyMs: 1, jitterMs: 29, loss: 0.1 }, churn },
  }
  const survivors = ['p00', 'p01', 'p03', 'p04', 'p06', 'p07']

  for (const mode of ['async', 'rounds'] as const) {
    it(`finishes in mode ${mode} when a tenth of the messages is lost, one peer dies, one leaves and one joins`, () => {
      const simulation = ran({ ...faulty, mode })
      for (const peer of survivors) assert.equal(simulation.engine(peer).state.phase, 'finished', peer)
    })
  }

  it('has the latecomer take over a round instead of starting from the first', () => {
    const simulation = ran({ ...faulty, world: { links: { latencyMs: 1, jitterMs: 4 }, churn } })
    const rounds = simulation.trace.filter((line) => line.includes('p07 round')).length
    // It joined at 200 ms, when the others had done about 19 of 40 rounds of 10 ms.
    assert.ok(rounds < 25, `${rounds}`)
  })

  it('replays the same trace from the same seed, and another from another', () => {
    assert.deepEqual(ran(faulty).trace, ran(faulty).trace)
    assert.notDeepEqual(ran(faulty).trace, ran({ ...faulty, seed: 6 }).trace)
  })
})
