import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RoundRecord } from '../harness/cell/records.js'
import { createFakeTraining } from './fake-training.js'
import { ran, ranWith } from './running.js'

/** Two peers that begin with 0 and 8 and, with two steps a round, add 2 and 4 each round. */
const twoPeers = () =>
  createFakeTraining({
    initial: [[0], [8]],
    labelCounts: [
      [1, 0],
      [1, 2],
    ],
  })
const two = { rounds: 2, localSteps: 2 }
/** Accuracy is a hundredth of the only weight. */
const close = (actual: readonly number[], expected: readonly number[]) => {
  assert.equal(actual.length, expected.length)
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${actual.join()}`))
}
const modelsOf = (rounds: readonly RoundRecord[]) => rounds.map(({ mergedAccuracy }) => 100 * mergedAccuracy)

describe('the models of the baselines', () => {
  it('are averaged by fedavg in proportion to the examples', async () => {
    const { rounds } = await ranWith(twoPeers(), { ...two, baseline: 'fedavg' })
    // (1 · 2 + 3 · 12) / 4; then both begin with that: (1 · 11.5 + 3 · 13.5) / 4
    close(modelsOf(rounds), [9.5, 13])
  })

  it('are averaged by allreduce alike for all', async () => {
    const { rounds } = await ranWith(twoPeers(), { ...two, baseline: 'allreduce' })
    // (2 + 12) / 2; (9 + 11) / 2
    close(modelsOf(rounds), [7, 10])
    for (const { localAccuracyMin, localAccuracyMax, mergedAccuracy, consensusDistance } of rounds) {
      assert.deepEqual([localAccuracyMin, localAccuracyMax], [mergedAccuracy, mergedAccuracy])
      assert.equal(consensusDistance, 0)
    }
  })

  it('are averaged by fedavg alike where there are no examples', async () => {
    const training = createFakeTraining({ initial: [[0], [8]] })
    const { rounds } = await ranWith(training, { ...two, baseline: 'fedavg' })
    close(modelsOf(rounds), [7, 10])
  })

  it('stay apart with local', async () => {
    const { rounds } = await ranWith(twoPeers(), { ...two, baseline: 'local' })
    const figures = rounds.map((round) => [
      100 * round.localAccuracyMin,
      100 * round.localAccuracyMax,
      100 * round.localAccuracyMean,
      100 * round.mergedAccuracy,
      round.consensusDistance,
    ])
    assert.equal(figures.length, 2)
    // 2 and 12: each 5 from their mean. In the end 4 and 16.
    close(figures.at(-1)!, [4, 16, 10, 10, 6])
  })

  it('is one with centralised, which takes as many steps as all peers would together', async () => {
    const training = createFakeTraining({ initial: [[0]] })
    const { rounds } = await ranWith(training, { ...two, baseline: 'centralised' })
    // 2 steps × 2 peers, of 1 each.
    close(modelsOf(rounds), [4, 8])
    assert.deepEqual(training.asked, ['train 0', 'train 0'])
    assert.deepEqual(
      rounds.map(({ peersAlive }) => peersAlive),
      [1, 1],
    )
  })

  it('lose the mean over the peers of what each lost', async () => {
    const { rounds } = await ranWith(twoPeers(), { ...two, baseline: 'allreduce' })
    // (10 + 20) / 2
    assert.deepEqual(
      rounds.map(({ trainLoss }) => trainLoss),
      [15, 15],
    )
  })
})

describe('the bytes of the baselines', () => {
  // 250 weights of 4 bytes.
  const [M, rounds, peers] = [1000, 3, 5]
  const bytesOf = async (baseline: string) =>
    (await ran({ baseline, peers, rounds, dimensions: 250 })).rounds.map((round) => round.bytesSentPerPeer)

  it('are a model down and a model up per peer and round with fedavg', async () => {
    assert.deepEqual(await bytesOf('fedavg'), [2 * M, 4 * M, 6 * M])
  })
  it('are 2(n − 1)/n models per peer and round with allreduce', async () => {
    // 8/5 of a model
    assert.deepEqual(await bytesOf('allreduce'), [1600, 3200, 4800])
  })
  it('are none with local and centralised', async () => {
    for (const baseline of ['local', 'centralised']) assert.deepEqual(await bytesOf(baseline), [0, 0, 0])
  })
})

describe('the virtual time of the baselines', () => {
  const timesOf = async (input: object) => {
    const scenario = { rounds: 2, localSteps: 2, dimensions: 250, ...input }
    const { rounds, result } = await ran(scenario)
    assert.equal(result.virtualMs, rounds.at(-1)!.virtualMs)
    return rounds.map(({ virtualMs }) => virtualMs)
  }
  /** 1000 bytes take 8 ms at a megabit per second. */
  const narrow = { links: { latencyMs: 5, bandwidthMbps: 1 } }
  const halfAsFast = { devices: { speed: { trace: [1, 0.5] } } }

  it('is the way down, the training and the way up with fedavg', async () => {
    // 5 + 2 · 10 + 5
    assert.deepEqual(await timesOf({ baseline: 'fedavg' }), [30, 60])
  })
  it('is that of the slowest peer with fedavg', async () => {
    // 5 + 2 · 20 + 5
    assert.deepEqual(await timesOf({ baseline: 'fedavg', ...halfAsFast }), [50, 100])
  })
  it('has the models wait for each other on the server’s uplink with fedavg', async () => {
    // The second model has left after 2 · 8 and is there after 5 more; 20 of training; 8 + 5 up again.
    assert.deepEqual(await timesOf({ baseline: 'fedavg', ...narrow }), [54, 108])
  })
  it('is the slowest training and 2(n − 1) steps round the ring with allreduce', async () => {
    // 40 + 2 · 5
    assert.deepEqual(await timesOf({ baseline: 'allreduce', ...halfAsFast }), [50, 100])
    // 20 + 6 · 5
    assert.deepEqual(await timesOf({ baseline: 'allreduce', peers: 4 }), [50, 100])
  })
  it('has an n-th of the model in each of these steps', async () => {
    // 20 + 6 · (5 + 8/4)
    assert.deepEqual(await timesOf({ baseline: 'allreduce', peers: 4, ...narrow }), [62, 124])
  })
  it('is that of the training alone with one peer, local and centralised', async () => {
    assert.deepEqual(await timesOf({ baseline: 'allreduce', peers: 1 }), [20, 40])
    assert.deepEqual(await timesOf({ baseline: 'local', ...narrow }), [20, 40])
    // Four peers' steps, one after the other.
    assert.deepEqual(await timesOf({ baseline: 'centralised', peers: 4 }), [80, 160])
  })
  it('counts what is lost on the way, which is sent again after the pull timeout', async () => {
    const links = { latencyMs: 5, loss: 0.5 }
    const times = await timesOf({ baseline: 'fedavg', rounds: 8, links, timeouts: { pullMs: 100 } })
    // Each message costs 5 and 100 for every try that failed, so that a round is 30 and a multiple of 100.
    const spent = times.map((atMs, i) => atMs - (times[i - 1] ?? 0))
    for (const ms of spent) assert.equal((ms - 30) % 100, 0)
    // All of 32 messages getting through at once has probability 2^-32.
    assert.ok(times.at(-1)! > 8 * 30)
  })
})

describe('what is measured of a cell', () => {
  for (const baseline of ['none', 'local', 'fedavg', 'allreduce', 'centralised']) {
    it(`is every evaluateEvery rounds and the last one (${baseline})`, async () => {
      const { cells, rounds, result } = await ran({ baseline, rounds: 7, evaluateEvery: 3 })
      assert.deepEqual(
        rounds.map(({ round }) => round),
        [3, 6, 7],
      )
      assert.equal(cells.length, 1)
      const last = rounds.at(-1)!
      assert.equal(result.localAccuracyMean, last.localAccuracyMean)
      assert.equal(result.mergedAccuracy, last.mergedAccuracy)
      assert.equal(result.bytesSentPerPeer, last.bytesSentPerPeer)
    })
  }

  it('says in which measured round the target was first reached', async () => {
    const reached = async (target: number, evaluateEvery = 1) => {
      const input = { ...two, rounds: 5, baseline: 'allreduce', target, evaluateEvery }
      return (await ranWith(twoPeers(), input)).result.roundsToTarget
    }
    // Accuracies 0.07, 0.10, 0.13, 0.16, 0.19
    assert.equal(await reached(0.06), 1)
    assert.equal(await reached(0.12), 3)
    assert.equal(await reached(0.12, 2), 4)
    assert.equal(await reached(0.2), null)
  })

  it('goes to the optimum of the toy with every baseline but local', async () => {
    const at = async (baseline: string) =>
      (await ran({ baseline, peers: 6, rounds: 30, rule: 'mean' })).result.localAccuracyMean
    const [none, fedavg, allreduce, centralised] = await Promise.all(
      ['none', 'fedavg', 'allreduce', 'centralised'].map(at),
    )
    assert.ok(Math.abs(fedavg! - 1) < 1e-3 && Math.abs(centralised! - 1) < 1e-3, `${fedavg} ${centralised}`)
    assert.equal(fedavg, allreduce)
    const local = await at('local')
    assert.ok(none! > local + 0.1, `${none} ${local}`)
  })
})
