import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CellRecord, RoundRecord } from '../harness/cell/records.js'
import { cellIdOf, parseSettings } from '../harness/cell/settings.js'
import { createFakeTraining } from './fake-training.js'
import { ran, ranWith } from './running.js'

type Events = readonly { atMs: number; peer: string; does: string; state?: string }[]
const churn = (...events: Events) => ({ churn: { events } })
const local = { baseline: 'local', localSteps: 1 }
const timesOf = (rounds: readonly RoundRecord[]) => rounds.map(({ round, virtualMs }) => [round, virtualMs])

describe('a cell of gossip learning', () => {
  it('says first what it is, then each round, with the same id', async () => {
    const all: (CellRecord | RoundRecord)[] = []
    const input = { trainer: 'toy', peers: 6, rounds: 5, links: { latencyMs: 5 } }
    const { result } = await ran(input, { onRecord: (record) => all.push(record) })
    const settings = parseSettings(input)
    const id = cellIdOf(settings)
    assert.deepEqual(all[0], { type: 'cell', cell: id, settings, labelCounts: null })
    assert.deepEqual(
      all.slice(1).map((record) => record.type === 'round' && record.round),
      [1, 2, 3, 4, 5],
    )
    for (const record of [...all, result]) assert.equal(record.cell, id)
  })

  it('gives the same records for one seed, and others for the next', async () => {
    const input = {
      ...{ peers: 6, rounds: 6, links: { latencyMs: [1, 30], loss: 0.2, jitterMs: 5 } },
      churn: { rates: { crashesPerMinute: 60, awayMs: 30, state: 'lost' } },
    }
    const first = await ran(input)
    assert.deepEqual((await ran(input)).rounds, first.rounds)
    const { nodeRoundsPerSecond: _, seconds: __, ...result } = first.result
    const { nodeRoundsPerSecond: ___, seconds: ____, ...again } = (await ran(input)).result
    assert.deepEqual(again, result)
    assert.notDeepEqual((await ran({ ...input, seed: 2 })).rounds, first.rounds)
  })

  it('mixes, and ends nearer to consensus than the same peers alone', async () => {
    // Half the mean of 0 and 8 apart from it, and growing, when nobody mixes.
    const apart = async (input: object) => {
      const training = createFakeTraining({ initial: [[0], [8]] })
      const scenario = { rounds: 10, localSteps: 1, topology: 'full', ...input }
      return (await ranWith(training, scenario)).result.consensusDistance
    }
    // 10 and 28
    assert.equal(await apart({ baseline: 'local' }), 9)
    for (const rule of ['mean', 'variance-corrected'])
      for (const mode of ['rounds', 'async']) {
        const distance = await apart({ rule, mode, catchUp: 0 })
        assert.ok(distance < 3, `${rule} ${mode} ${distance}`)
      }
  })

  it('gives in lock step each round the mean of two models', async () => {
    const training = createFakeTraining({ initial: [[0], [8]] })
    const input = { mode: 'rounds', rule: 'mean', mixing: 'uniform', topology: 'full', rounds: 2 }
    const { rounds } = await ranWith(training, { ...input, localSteps: 1, evaluateEvery: 2 })
    // 1 and 10, mixed 5.5 both; 6.5 and 7.5, mixed 7 both.
    const { mergedAccuracy, consensusDistance, peersAlive, trainLoss } = rounds[0]!
    assert.ok(Math.abs(100 * mergedAccuracy - 7) < 1e-6, `${mergedAccuracy}`)
    assert.deepEqual([consensusDistance, peersAlive, trainLoss], [0, 2, 15])
  })

  it('is each peer for itself with the rule none, at no cost, and whatever the topology', async () => {
    const alone = { rule: 'none', topology: 'regular:4', peers: 3, rounds: 4 }
    const { rounds } = await ran(alone)
    assert.ok(rounds.every(({ bytesSentPerPeer }) => bytesSentPerPeer === 0))
    const same = await ran({ ...alone, rule: 'mean', baseline: 'local' })
    assert.deepEqual(
      rounds.map(({ cell: _, ...figures }) => figures),
      same.rounds.map(({ cell: _, ...figures }) => figures),
    )
  })

  it('sends p models per peer and round when each round pulls one with probability p', async () => {
    const [p, peers, rounds, dimensions] = [0.2, 40, 100, 5_000]
    const gossip = { topology: 'random:1', schedule: `probability:${p}`, peers, rounds, dimensions }
    const { result } = await ran({ ...gossip, localSteps: 1, evaluateEvery: rounds })
    // 4000 draws: standard deviation of their mean √(0.2 · 0.8 / 4000) = 0.0063; five of these are 16 % of p. Besides
    // announcements and requests: some 300 bytes to a model of 20,000.
    const modelsPerRound = result.bytesSentPerPeer / rounds / (4 * dimensions)
    assert.ok(modelsPerRound > 0.84 * p && modelsPerRound < 1.16 * p + 0.03, `${modelsPerRound}`)
  })
})

describe('the marks of a cell of gossip learning', () => {
  it('are where the mean number of rounds passes them, the last one at the end', async () => {
    // One peer ends a round every 10 ms, the other every 20: at 20 ms they have done 2 and 0 or 1 and at 30 ms 3 and 1,
    // at 40 ms 4 and 2. The fast one is done at 40 ms, the slow one at 80.
    const { rounds } = await ran({ ...local, rounds: 4, devices: { speed: { trace: [1, 0.5] } } })
    assert.deepEqual(timesOf(rounds), [
      [1, 20],
      [2, 30],
      [3, 40],
      [4, 80],
    ])
  })

  it('are passed over when someone slow leaves, and the last one passed is named', async () => {
    // At 55 ms the peers have done 5 and 0 rounds; the one that stays does its 6th at 60 ms. Mean 1 at 20, 2 at 40 ms.
    const devices = { speed: { trace: [1, 0.01] } }
    const { rounds } = await ran({
      ...{ ...local, rounds: 8, devices },
      ...churn({ atMs: 55, peer: 'p01', does: 'leave' }),
    })
    assert.deepEqual(timesOf(rounds), [
      [1, 20],
      [2, 40],
      [6, 60],
      [7, 70],
      [8, 80],
    ])
    assert.deepEqual(
      rounds.map(({ peersAlive }) => peersAlive),
      [2, 2, 1, 1, 1],
    )
  })

  it('leave out whoever has crashed, and take in whoever is back', async () => {
    const { rounds } = await ran({
      ...{ ...local, rounds: 6 },
      ...churn(
        { atMs: 15, peer: 'p01', does: 'crash' },
        { atMs: 45, peer: 'p01', does: 'restart', state: 'kept' },
      ),
    })
    // p00 does a round every 10 ms; p01 did one, and is back at 45 ms, when 4 and 1 are 2.5 on average.
    assert.deepEqual(
      rounds.map(({ round, virtualMs, peersAlive }) => [round, virtualMs, peersAlive]),
      [
        [1, 10, 2],
        [2, 20, 1],
        [3, 30, 1],
        [4, 40, 1],
        // 6 and 4 at 75 ms
        [5, 75, 2],
        [6, 95, 2],
      ],
    )
  })

  it('count no loss for a latecomer that has not lost anything yet', async () => {
    const training = createFakeTraining({
      initial: [[0], [0]],
      train: (_peer, weights, steps) => ({ weights, loss: 7, samples: steps }),
    })
    const { rounds } = await ranWith(training, {
      ...{ ...local, rounds: 4, devices: { speed: { trace: [1, 0.1] } } },
      ...churn({ atMs: 15, peer: 'p01', does: 'join' }),
    })
    // Mean 1 at 10 ms, when p00 is alone; 2 at 40 ms, when p00 has done 4 and p01 none, which takes it 100 ms each.
    assert.deepEqual(
      rounds.map(({ round, peersAlive, trainLoss }) => [round, peersAlive, trainLoss]),
      [
        [1, 1, 7],
        [2, 2, 7],
        [3, 2, 7],
        [4, 2, 7],
      ],
    )
  })
})
