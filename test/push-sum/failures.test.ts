import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PushSumming } from '../harness/swarm/push-sum-scenario.js'
import { createLedger, totalOf, vectorOf, type Ledger } from './ledger.js'
import { averageOf, namesOf, TIMING, toyNetwork, trueError, type Toy } from './network.js'

/** A network, what happens to it at given times, and its books. */
const running = (
  toy: Toy & { readonly peers: number },
  happenings: Readonly<Record<number, (network: PushSumming) => void>> = {},
): { readonly network: PushSumming; readonly ledger: Ledger; readonly names: readonly string[] } => {
  const ledger = createLedger()
  const network = toyNetwork({ ...toy, observer: ledger.observer })
  for (const [atMs, happen] of Object.entries(happenings)) {
    network.agenda.plan(Number(atMs), () => happen(network))
  }
  network.call('p00')
  network.run()
  return { network, ledger, names: namesOf(toy.peers) }
}

const without = (names: readonly string[], ...gone: readonly string[]): string[] =>
  names.filter((name) => !gone.includes(name))

/** What the living hold, and what is on its way between them: the average of it, and its weight. */
const remaining = ({ network, ledger }: ReturnType<typeof running>, living: readonly string[]) => {
  const isAmong = (from: string, to: string): boolean => living.includes(from) && living.includes(to)
  const masses = living.map((name) => vectorOf(network.mass(name)!))
  const vector = totalOf([...masses, ledger.inTransit(isAmong)])
  const weight = vector.at(-1)!
  return { weight, average: Float64Array.from(vector.slice(0, -1), (value) => value / weight) }
}

describe('a network that falls in two and heals', () => {
  const partitions = [{ fromMs: 100, untilMs: 4_000, from: 0.5 }]

  it('waits for the other half and comes to the exact average of all', () => {
    for (const seed of [1, 2, 3]) {
      const { network, names } = running({ peers: 8, graph: 'regular:4', seed, world: { partitions } })
      for (const name of names) {
        const { weights, members, weight } = network.outcome(name)!
        assert.ok(trueError(weights, averageOf(names)) < 1e-4)
        assert.deepEqual(members, names)
        assert.ok(Math.abs(weight - 8) < 1e-9)
      }
      assert.ok(network.agenda.nowMs > 4_000)
    }
  })

  it('gives up at the deadline when it does not heal, and says how far it came', () => {
    const deadlineMs = 10_000
    const cut = [{ fromMs: 1_000, untilMs: 1e6, from: 0.5 }]
    const { network, names } = running({
      ...{ peers: 8, world: { partitions: cut, links: { latencyMs: 40 } }, timing: { deadlineMs } },
    })
    for (const name of names) {
      const { reason, error } = network.abandoned(name)!
      assert.match(reason, /in time/)
      // After the first epochs, far from the tolerance.
      assert.ok(error === null || error > 1e-4)
      assert.equal(network.outcome(name), undefined)
    }
    assert.ok(names.some((name) => network.abandoned(name)!.error !== null))
    assert.ok(network.agenda.nowMs < deadlineMs + 2 * TIMING.repeatMs + 1_000)
  })
})

describe('a peer that dies', () => {
  const dies = (atMs: number, told: readonly string[]) => ({
    [atMs]: (network: PushSumming) => network.crash('p03'),
    [atMs + 400]: (network: PushSumming) => {
      for (const name of told) network.tell(name, { type: 'gone', member: 'p03' })
    },
  })

  it('keeps what it has: the others come to the average of what is left, and say how much that is', () => {
    for (const atMs of [20, 45, 70, 110, 200, 350]) {
      const world = { links: { latencyMs: 10, jitterMs: 5 } }
      const run = running({ peers: 8, graph: 'regular:4', seed: atMs, world }, dies(atMs, ['p05']))
      const living = without(run.names, 'p03')
      const { weight, average } = remaining(run, living)
      for (const name of living) {
        const outcome = run.network.outcome(name)
        assert.ok(outcome, `at ${atMs}: ${name} ${run.network.abandoned(name)?.reason}`)
        assert.ok(trueError(outcome.weights, average) < 3e-4, `at ${atMs}`)
        assert.deepEqual(outcome.members, living)
        assert.ok(Math.abs(outcome.weight - weight) < 1e-9, `at ${atMs}: ${outcome.weight}, not ${weight}`)
        assert.ok(outcome.share === 7)
      }
    }
  })

  it('costs nothing but its own model when it dies before it has exchanged anything', () => {
    const run = running({ peers: 8, graph: 'regular:4' }, dies(0, ['p00', 'p07']))
    const living = without(run.names, 'p03')
    for (const name of living) {
      const { weights, weight } = run.network.outcome(name)!
      assert.ok(trueError(weights, averageOf(living)) < 3e-4)
      assert.ok(Math.abs(weight - 7) < 1e-9)
    }
  })

  it('leaves a gap that new neighbours close', () => {
    // A star without its hub is no network.
    const living = namesOf(6).slice(1)
    const run = running(
      { peers: 6, graph: 'star' },
      {
        60: (network) => network.crash('p00'),
        300: (network) => {
          for (const name of living) {
            network.tell(name, { type: 'gone', member: 'p00' })
            network.tell(name, { type: 'neighbours', neighbours: without(living, name) })
          }
        },
      },
    )
    const { weight, average } = remaining(run, living)
    for (const name of living) {
      const outcome = run.network.outcome(name)!
      assert.ok(trueError(outcome.weights, average) < 3e-4)
      assert.ok(Math.abs(outcome.weight - weight) < 1e-9)
    }
  })

  it('is no member any more when it comes back without its mass', () => {
    const run = running(
      { peers: 6, graph: 'regular:4' },
      { 60: (network) => network.crash('p03'), 90: (network) => network.restart('p03') },
    )
    assert.match(run.network.abandoned('p03')!.reason, /gone|without this peer/)
    const living = without(run.names, 'p03')
    const { average } = remaining(run, living)
    for (const name of living) assert.ok(trueError(run.network.outcome(name)!.weights, average) < 3e-4)
  })

  it('makes the others give up when half of the members are gone', () => {
    const run = running(
      { peers: 4, graph: 'full' },
      {
        30: (network) => ['p02', 'p03'].forEach((name) => network.crash(name)),
        200: (network) => ['p02', 'p03'].forEach((member) => network.tell('p00', { type: 'gone', member })),
      },
    )
    assert.match(run.network.abandoned('p00')!.reason, /half/)
    assert.ok(run.network.abandoned('p01'))
  })
})

describe('a peer that is said to be dead and is not', () => {
  it('learns of it and keeps its own model, while the others go on', () => {
    const run = running(
      { peers: 6, graph: 'regular:4' },
      { 80: (network) => network.tell('p00', { type: 'gone', member: 'p04' }) },
    )
    assert.ok(run.network.abandoned('p04'))
    for (const name of without(run.names, 'p04')) assert.ok(run.network.outcome(name))
  })
})

describe('a link that dies for good between living peers', () => {
  it('costs what lies on it, and the result says at most how much', () => {
    for (const seed of [1, 2, 3, 4]) {
      const partitions = [{ fromMs: 60, untilMs: 1e6, from: ['p00'], to: ['p01'] }]
      const run = running({ peers: 8, graph: 'regular:4', seed, names: namesOf(8), world: { partitions } })
      const lies = ['p00 p01', 'p01 p00'].map((edge) => {
        const [from, to] = edge.split(' ')
        return run.ledger.inTransit((a, b) => a === from && b === to).at(-1) ?? 0
      })
      const missing = 8 - run.network.outcome('p00')!.weight
      assert.ok(missing >= lies[0]! + lies[1]! - 1e-9, `seed ${seed}: ${missing}, ${lies.join()}`)
      // Two parts each way, of 1/5 of what a peer holds, which is about 1 and a little more while the link is silent.
      assert.ok(missing < 1.1, `seed ${seed}: ${missing}`)
      for (const name of run.names) {
        assert.ok(trueError(run.network.outcome(name)!.weights, averageOf(run.names)) < 0.15)
      }
    }
  })
})

describe('whatever happens', () => {
  it('ends by the deadline, with the error reported not below a third of the true one', () => {
    let ended = 0
    for (let seed = 1; seed <= 40; seed++) {
      const links = { loss: 0.05 * (seed % 12), jitterMs: 5 * (seed % 7), reorder: 0.3, duplicate: 0.2 }
      const partitions = [{ fromMs: 20 * (seed % 9), untilMs: 700 + 100 * (seed % 13), from: 0.4 }]
      const timing = { deadlineMs: 12_000, lagMs: 400, writeOffMs: 11_000 }
      const run = running({
        ...{ peers: 6, graph: seed % 2 ? 'ring' : 'regular:3', seed, timing },
        ...{ tolerance: 3e-2, world: { links, partitions } },
      })
      // Each counts from when it hears of the merge.
      assert.ok(run.network.agenda.nowMs < 24_000, `seed ${seed}`)
      for (const name of run.names) {
        const outcome = run.network.outcome(name)
        assert.ok(outcome ?? run.network.abandoned(name), `seed ${seed}: ${name} hangs`)
        if (!outcome) continue
        ended += 1
        const error = trueError(outcome.weights, averageOf(run.names))
        assert.ok(outcome.error >= error / 3, `seed ${seed}: ${outcome.error} for ${error}`)
      }
    }
    assert.ok(ended > 100, `${ended}`)
  })

  it('leaves nobody waiting when no message ever arrives', () => {
    const run = running({ peers: 4, world: { links: { loss: 1 } }, timing: { deadlineMs: 2_000 } })
    assert.match(run.network.abandoned('p00')!.reason, /in time/)
    // The others have never heard of it.
    assert.equal(run.network.machine('p01').phase, 'idle')
  })
})
