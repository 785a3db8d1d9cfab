import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { average, averagingRule } from '../../protocols/averaging/index.js'
import { certificateFault } from '../../protocols/final-merge/index.js'
import {
  createToyTraining,
  lies,
  signaturesOf,
  simulate,
  type Lie,
  type MergeScenario,
  type Scenario,
  type Simulation,
} from '../harness/index.js'

const ROUNDS = 2
// A round takes 10 ms, so all have finished and the first one calls at 20 ms; with 10 ms a hop the merge ends by 300 ms.
const links = { latencyMs: 10 }
const devices = { stepMs: 10 }
const PEERS = 7

const merging = (
  merge: MergeScenario = {},
  world: Scenario['world'] = {},
  { seed = 1, peers = PEERS }: { readonly seed?: number; readonly peers?: number } = {},
): Simulation => {
  const simulation = simulate({
    ...{ seed, peers, topology: 'full', rounds: ROUNDS },
    training: createToyTraining({ peers, dimensions: 60, seed, init: 'different' }),
    merge: { chunkBytes: 16, ...merge },
    world: { links, devices, ...world },
  })
  simulation.run()
  return simulation
}

const crash = (peer: string, atMs: number) => ({ peer, atMs, does: 'crash' as const })
const restart = (peer: string, atMs: number, state: 'kept' | 'lost' = 'kept') => ({
  ...{ peer, atMs, does: 'restart' as const, state },
})

/** All of these ended with one result, whose certificate holds; nobody was accused but those named. */
const assertOneResult = (simulation: Simulation, ids: readonly string[], why = ''): void => {
  const results = ids.map((id) => simulation.merged(id))
  assert.ok(
    results.every((result) => result !== undefined),
    `${why}: ${ids.filter((id) => !simulation.merged(id)).join()} without a result\n${simulation.trace.join('\n')}`,
  )
  assert.equal(new Set(results.map((result) => result.digest)).size, 1, why)
  for (const result of results) {
    assert.equal(certificateFault(result.certificate!, signaturesOf('x').verify), undefined, why)
  }
}

const without = (simulation: Simulation, ...gone: readonly string[]): string[] =>
  simulation.peers.filter((id) => !gone.includes(id))

const accusationsIn = (simulation: Simulation): string[] => [
  ...new Set(
    simulation.swarm.peers.flatMap((peer) =>
      simulation.merging!.accusedBy(peer).map(({ id, fault }) => `${id} ${fault}`),
    ),
  ),
]

describe('the reduce-scatter merge in a swarm', () => {
  it('gives every peer the exact average of all frozen models, bit for bit, with a certificate', () => {
    for (const rule of ['mean', 'variance-corrected']) {
      const simulation = merging({ rule })
      const { layout } = simulation.training
      const expected = new Float32Array(layout.length)
      const contributions = simulation.peers.map((from) => {
        return { from, weights: simulation.model(from), weight: 1 / PEERS }
      })
      average({ rule: averagingRule(rule), layout, contributions, out: expected })
      assertOneResult(simulation, simulation.peers)
      for (const id of simulation.peers) {
        const outcome = simulation.merged(id)!
        assert.deepEqual([...outcome.weights], [...expected])
        assert.deepEqual(outcome.roster, simulation.peers)
        assert.deepEqual(outcome.missing, [])
        assert.equal(outcome.attempts, 1)
      }
    }
  })

  it('weighs models by their examples where that is wanted', () => {
    const simulation = merging({ weighting: 'samples' })
    const { roster } = simulation.merged('p00')!.certificate!
    assert.ok(roster.every(({ samples }) => samples > 0))
    assertOneResult(simulation, simulation.peers)
  })

  it('is over in silence: nobody talks for ever', () => {
    const simulation = merging()
    assert.ok(simulation.nowMs < 5_000, `${simulation.nowMs}`)
  })

  it('replays event for event', () => {
    const world = { links: { latencyMs: 10, jitterMs: 30, loss: 0.1 } }
    assert.deepEqual(merging({}, world).trace, merging({}, world).trace)
  })
})

describe('members that die', () => {
  it('before they commit are left out and named', () => {
    const simulation = merging({}, { churn: { events: [crash('p03', 19)] }, timeouts: { memberMs: 1e6 } })
    assertOneResult(simulation, without(simulation, 'p03'))
    assert.deepEqual(simulation.merged('p00')!.missing, ['p03'])
  })

  it('at any moment of the merge leave the others with one result', () => {
    for (let atMs = 20; atMs < 300; atMs += 10) {
      const simulation = merging({}, { churn: { events: [crash('p01', atMs), crash('p04', atMs + 7)] } })
      assertOneResult(simulation, without(simulation, 'p01', 'p04'), `killed at ${atMs} ms`)
      assert.deepEqual(accusationsIn(simulation), [])
    }
  })

  it('and come back with or without what they knew harm nobody, and read the result', () => {
    for (let atMs = 20; atMs < 300; atMs += 20) {
      for (const state of ['kept', 'lost'] as const) {
        const events = [crash('p01', atMs), restart('p01', atMs + 25, state)]
        const simulation = merging({}, { churn: { events } })
        assertOneResult(simulation, without(simulation, 'p01'), `${state}, killed at ${atMs} ms`)
        assert.deepEqual(accusationsIn(simulation), [], `${state}, killed at ${atMs} ms`)
        const own = simulation.merged('p01')
        if (own) assert.equal(own.digest, simulation.merged('p00')!.digest)
      }
    }
  })

  it('too many leave the merge abandoned, and everybody with a model that may train on', () => {
    const events = ['p01', 'p02', 'p03'].map((peer) => crash(peer, 55))
    const simulation = merging({}, { churn: { events }, timeouts: { memberMs: 1e6 } })
    for (const id of without(simulation, 'p01', 'p02', 'p03')) {
      assert.equal(simulation.merged(id), undefined)
      assert.ok(simulation.abandoned(id))
      assert.equal(simulation.engine(id).state.frozen, false)
      assert.ok(simulation.model(id).every((value) => Number.isFinite(value)))
    }
  })
})

describe('a partition', () => {
  const apart = (from: readonly string[], fromMs: number, untilMs: number) => ({
    partitions: [{ from: [...from], fromMs, untilMs, bothWays: true }],
    timeouts: { memberMs: 1e6 },
  })

  it('with two thirds on one side ends the merge there; the others abandon it, and read the result after it healed', () => {
    const simulation = merging({}, apart(['p05', 'p06'], 25, 15_000))
    assertOneResult(simulation, simulation.peers)
    const ends = (id: string, what: string) =>
      Number(simulation.trace.find((line) => line.includes(` ${id} ${what}`))!.split(' ')[0])
    assert.ok(ends('p00', 'merged') < 15_000)
    for (const id of ['p05', 'p06']) {
      assert.ok(ends(id, 'abandoned') < 15_000)
      assert.ok(ends(id, 'merged') > 15_000)
      assert.deepEqual(simulation.merged(id)!.missing, ['p05', 'p06'])
    }
  })

  it('with two thirds on no side lets nobody merge; afterwards one call more merges all', () => {
    const simulation = merging({}, apart(['p04', 'p05', 'p06'], 25, 7_000))
    assertOneResult(simulation, simulation.peers)
    for (const line of simulation.trace) {
      if (line.includes(' merged ')) assert.ok(Number(line.split(' ')[0]) > 7_000, line)
    }
  })

  it('of one after it gave its model does not hold up the others', () => {
    for (let fromMs = 40; fromMs < 200; fromMs += 20) {
      const simulation = merging({}, apart(['p06'], fromMs, 60_000))
      assertOneResult(simulation, simulation.peers, `apart from ${fromMs} ms`)
    }
  })
})

describe('one whose link fails when the others need its vote', () => {
  it('is waited for as long as it may take to read the result: the first call has it, and nobody gives up', () => {
    // At 140 ms all are ready, and hear so from 150 ms on. The liar says what they say, and never votes.
    for (const untilMs of [3_000, 6_000, 8_000]) {
      const simulation = merging(
        { liars: [{ id: 'p03', does: 'ready-too-early' }] },
        {
          partitions: [{ from: ['p02'], fromMs: 140, untilMs, bothWays: true }],
          timeouts: { memberMs: 1e6 },
        },
        { peers: 4 },
      )
      const honest = without(simulation, 'p03')
      assertOneResult(simulation, honest, `until ${untilMs} ms`)
      for (const id of honest) {
        assert.equal(simulation.merged(id)!.mergeId, '1.1')
        assert.equal(simulation.abandoned(id), undefined, `until ${untilMs} ms: ${id}`)
      }
    }
  })
})

describe('one liar among four', () => {
  for (const does of [
    'keeps-from-some',
    'keeps-from-one',
    'hangs-for-one',
    'mute',
    'small-rosters',
  ] as const) {
    it(`that tells ${does} is the only one that is dropped`, () => {
      for (let seed = 1; seed <= 5; seed++) {
        const simulation = merging({ liars: [{ id: 'p02', does }] }, {}, { seed, peers: 4 })
        const honest = without(simulation, 'p02')
        assertOneResult(simulation, honest, `seed ${seed}`)
        const { roster } = simulation.merged('p00')!
        for (const id of honest) {
          assert.ok(roster.includes(id), `seed ${seed}: ${id}`)
          // The liar may call anew, and end a merge. None fails.
          assert.equal(simulation.abandoned(id), undefined, `seed ${seed}: ${id}`)
        }
      }
    })
  }
})

describe('one liar among seven', () => {
  /** What is found out, if anything must be. */
  const found: Readonly<Record<Lie, readonly string[]>> = {
    'false-pieces': ['p02 false-model'],
    'false-pieces-to-some': ['p02 false-model'],
    'two-commitments': [],
    'wrong-averages': ['p02 wrong-average'],
    'wrong-averages-to-some': ['p02 wrong-average'],
    'false-sketches': ['p02 false-sketch'],
    'false-testimony': ['p02 false-sketch'],
    'bent-sketches': ['p02 wrong-average'],
    'false-words': [],
    'small-rosters': [],
    mute: [],
    'keeps-from-some': [],
    'keeps-from-one': [],
    'hangs-for-one': [],
    'hangs-for-averages': [],
    'chooses-who-goes': [],
    'ready-too-early': [],
    'calls-with-keys': [],
    'calls-few': [],
    'calls-far-ahead': [],
    'calls-twice': ['p02 doubled-call'],
    'calls-by-keys': [],
    'calls-alike': [],
    'calls-at-the-vote': [],
  }

  for (const does of lies) {
    it(`that tells ${does} does not keep the others from the right result`, () => {
      for (let seed = 1; seed <= 5; seed++) {
        const simulation = merging({ liars: [{ id: 'p02', does }] }, {}, { seed })
        const honest = without(simulation, 'p02')
        assertOneResult(simulation, honest, `seed ${seed}`)
        const { roster, weights } = simulation.merged('p00')!
        const models = roster.map((id) => {
          const { digest } = simulation.merged('p00')!.certificate!.roster.find((model) => model.id === id)!
          return simulation.merging!.frozenBy(simulation.peer(id)).get(digest)!
        })
        const out = new Float32Array(weights.length)
        average({
          ...{ rule: averagingRule('mean'), layout: simulation.training.layout, out },
          contributions: roster.map((from, k) => ({ from, weights: models[k]!, weight: 1 / roster.length })),
        })
        assert.deepEqual([...weights], [...out], `seed ${seed}`)
        const accusations = accusationsIn(simulation)
        assert.ok(
          accusations.every((accusation) => accusation.startsWith('p02 ')),
          accusations.join(),
        )
        for (const accusation of found[does])
          assert.ok(accusations.includes(accusation), `seed ${seed}: ${accusation}`)
      }
    })
  }
})
