import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PushSumming } from '../harness/swarm/push-sum-scenario.js'
import { averageOf, namesOf, starOfCliques, toyModel, toyNetwork, trueError, type Toy } from './network.js'

/** The reported error may be a third of the true one, once in a thousand times less: `projections.ts`. */
const REPORTED_AT_LEAST = 1 / 3
const EVENTS_MAX = 2_000_000

const merged = (toy: Toy): PushSumming => {
  const network = toyNetwork(toy)
  network.call('p00')
  for (let events = 0; network.step(); events++) assert.ok(events < EVENTS_MAX, 'does not come to an end')
  return network
}

/** @returns the largest true error, after checking that it and the one reported are as promised. */
const checked = (network: PushSumming, names: readonly string[], tolerance: number): number => {
  const exact = averageOf(names)
  const errors = names.map((name) => {
    const outcome = network.outcome(name)
    assert.ok(outcome, `${name}: ${network.abandoned(name)?.reason}`)
    assert.deepEqual(outcome.members, names)
    assert.ok(outcome.error <= tolerance)
    assert.ok(outcome.error === network.outcome(names[0]!)!.error, 'all report the same')
    assert.ok(Math.abs(outcome.weight - names.length) < 1e-9 * names.length)
    const error = trueError(outcome.weights, exact)
    assert.ok(outcome.error >= REPORTED_AT_LEAST * error, `${name}: ${outcome.error} for ${error}`)
    return error
  })
  return Math.max(...errors)
}

const lossy = { links: { loss: 0.3, duplicate: 0.1, reorder: 0.2, jitterMs: 10 } }

describe('push-sum in a network', () => {
  const networks: Readonly<Record<string, Toy>> = {
    'a ring': { peers: 12 },
    'a star of cliques': { peers: 16, graph: starOfCliques(namesOf(16), 4) },
    'a random regular graph': { peers: 20, graph: 'regular:4' },
    'a star': { peers: 9, graph: 'star' },
    'two peers': { peers: 2, graph: [['p00', 'p01']] },
    'links that lose every third message': { peers: 12, graph: 'regular:4', world: lossy },
    'a link that works one way only': {
      ...{ peers: 8 },
      world: { partitions: [{ fromMs: 0, untilMs: 1e6, from: ['p00'], to: ['p01'], bothWays: false }] },
    },
  }
  for (const [title, toy] of Object.entries(networks)) {
    it(`brings everyone to the exact average within the tolerance: ${title}`, () => {
      for (const seed of [1, 2, 3]) {
        // Three times the tolerance, as the reported error may be that much too small.
        const error = checked(merged({ ...toy, seed }), namesOf(toy.peers!), 1e-4)
        assert.ok(error <= 3e-4, `seed ${seed}: ${error}`)
      }
    })
  }

  it('stops at the tolerance that was asked for, the later the finer', () => {
    const runs = [1e-1, 1e-3, 1e-5, 1e-6].map((tolerance) => {
      const network = merged({ peers: 10, tolerance })
      const error = checked(network, namesOf(10), tolerance)
      return { tolerance, error, iterations: network.outcome('p00')!.iterations }
    })
    for (const { tolerance, error } of runs) assert.ok(error <= tolerance, `${error} for ${tolerance}`)
    for (const [i, run] of runs.slice(1).entries()) assert.ok(run.iterations > runs[i]!.iterations)
    // Coarse enough to differ from the exact average: it stops, rather than running on.
    assert.ok(runs[0]!.error > 1e-4, `${runs[0]!.error}`)
  })

  it('leaves everyone with the model that all have', () => {
    const network = merged({ peers: 6, modelOf: () => toyModel('the one') })
    for (const name of namesOf(6)) {
      const { weights, error } = network.outcome(name)!
      assert.ok(error <= 1e-6)
      weights.forEach((value, i) => assert.ok(Math.abs(value - toyModel('the one')[i]!) < 1e-6))
    }
  })

  it('weighs the models by their shares', () => {
    const shareOf = (name: string): number => 1 + 100 * Number(name.slice(1))
    const network = merged({ peers: 7, shareOf })
    const exact = averageOf(namesOf(7), shareOf)
    for (const name of namesOf(7)) {
      const { weights, share, weight } = network.outcome(name)!
      assert.ok(trueError(weights, exact) < 1e-4)
      // 7 + 100 · (0 + 1 + … + 6)
      assert.equal(share, 2107)
      assert.ok(Math.abs(weight - 2107) < 1e-9 * 2107)
    }
  })

  it('leaves a lone member with its own model', () => {
    const network = merged({ peers: 1, graph: [] })
    assert.deepEqual(network.outcome('p00')!.weights, toyModel('p00'))
    assert.equal(network.outcome('p00')!.error, 0)
  })

  it('gives one trace for one seed', () => {
    const trace = (seed: number): readonly string[] =>
      merged({ peers: 6, graph: 'regular:3', seed, world: lossy, tolerance: 1e-2 }).trace
    assert.deepEqual(trace(5), trace(5))
    assert.notDeepEqual(trace(5), trace(6))
  })

  it('falls silent once all have merged', () => {
    const network = merged({ peers: 6, world: { links: { latencyMs: 300 } }, pullMs: 2_000 })
    assert.ok(namesOf(6).every((name) => network.outcome(name)))
    assert.ok(network.agenda.nowMs < 60_000, `${network.agenda.nowMs}`)
  })
})
