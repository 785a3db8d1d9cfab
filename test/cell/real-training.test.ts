import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Worker } from 'node:worker_threads'
import type { OptimizerConfig } from '../../protocols/training/contract.js'
import { createRealTraining } from '../harness/training/real.js'
import { ran } from './running.js'
import { tinyData } from './tiny-data.js'

const data = tinyData()
const optimizer: OptimizerConfig = { kind: 'sgd', learningRate: 0.1, momentum: 0.9 }
const cell = {
  ...{ trainer: 'real', data, partition: 'dirichlet:1', model: 'mlp:4', optimizer },
  ...{ peers: 5, rounds: 4, localSteps: 3, batch: 8, topology: 'ring' },
  // Processes that begin anew while their last training is under way.
  churn: { rates: { crashesPerMinute: 400, awayMs: 5 } },
}

/** Threads that this process has started, and of these the ones that have not ended. */
const threads = { started: 0, alive: 0 }
const count = (worker: Worker) => {
  threads.started += 1
  threads.alive += 1
  worker.once('exit', () => (threads.alive -= 1))
}
process.on('worker', count)
after(() => void process.off('worker', count))

describe('a cell with real training', () => {
  it('gives the same records on 0, 1 and 2 threads, and other ones for another seed', async () => {
    const outcomes = []
    for (const count of [0, 1, 2]) {
      const before = threads.started
      outcomes.push(await ran(cell, { threads: count }))
      assert.equal(threads.started - before, count)
      assert.equal(threads.alive, 0)
    }
    const [first, ...others] = outcomes
    assert.deepEqual(
      first!.rounds.map(({ round }) => round),
      [1, 2, 3, 4],
    )
    // 120 examples in all.
    const examples = first!.cells[0]!.labelCounts!.flat()
    assert.equal(
      examples.reduce((sum, n) => sum + n, 0),
      120,
    )
    for (const other of others) {
      assert.deepEqual(other.rounds, first!.rounds)
      assert.deepEqual(other.cells, first!.cells)
    }
    const another = await ran({ ...cell, seed: 2 }, { threads: 0 })
    assert.notDeepEqual(another.rounds[0]!.trainLoss, first!.rounds[0]!.trainLoss)
  })

  it('learns, and counts the examples', async () => {
    const { rounds, result } = await ran({ ...cell, churn: {}, rounds: 12, evaluateEvery: 12 })
    // Three classes: 1/3 by guessing.
    assert.ok(rounds[0]!.localAccuracyMean > 0.8, `${rounds[0]!.localAccuracyMean}`)
    // 5 peers · 12 rounds · 3 steps · 8 examples
    assert.ok(Math.abs(result.samplesPerSecond! * result.seconds - 1440) < 1e-6)
    assert.deepEqual(Object.keys(rounds[0]!.varianceRatio).length, 2)
  })

  for (const baseline of ['fedavg', 'allreduce', 'centralised']) {
    it(`learns with ${baseline} as well`, async () => {
      const { rounds, cells } = await ran({ ...cell, churn: {}, baseline, rounds: 12, evaluateEvery: 12 })
      assert.ok(rounds[0]!.mergedAccuracy > 0.8, `${rounds[0]!.mergedAccuracy}`)
      assert.equal(cells[0]!.labelCounts!.length, baseline === 'centralised' ? 1 : 5)
    })
  }
})

describe('a cell whose training diverges', () => {
  for (const [count, baseline] of [
    [0, 'none'],
    [0, 'fedavg'],
    [2, 'none'],
  ] as const) {
    it(`rejects with DIVERGED and leaves nothing behind (threads ${count}, ${baseline})`, async () => {
      const wild = { kind: 'sgd', learningRate: 3e38, momentum: 0 }
      const run = ran({ ...cell, churn: {}, baseline, optimizer: wild, rounds: 50 }, { threads: count })
      await assert.rejects(run, { name: 'TrainerError', code: 'DIVERGED' })
      assert.equal(threads.alive, 0)
    })
  }
})

describe('a cell with real training that is aborted', () => {
  const reason = new Error('enough')

  for (const [count, baseline] of [
    [0, 'none'],
    [2, 'none'],
    [0, 'fedavg'],
  ] as const) {
    it(`rejects at once with the reason and leaves no thread (threads ${count}, ${baseline})`, async () => {
      const controller = new AbortController()
      const rounds: number[] = []
      const run = ran(
        { ...cell, churn: {}, baseline, rounds: 100_000 },
        {
          ...{ threads: count, signal: controller.signal },
          onRecord(record) {
            if (record.type !== 'round') return
            rounds.push(record.round)
            if (record.round === 2) controller.abort(reason)
          },
        },
      )
      await assert.rejects(run, reason)
      assert.equal(threads.alive, 0)
      await new Promise((resolve) => setImmediate(resolve))
      assert.deepEqual(rounds, [1, 2])
    })
  }

  it('rejects with the reason while its threads start, and before', async () => {
    const controller = new AbortController()
    const onRecord = () => assert.fail('it began')
    const rejected = assert.rejects(ran(cell, { threads: 1, signal: controller.signal, onRecord }), reason)
    const abort = () => controller.abort(reason)
    process.once('worker', abort)
    await rejected
    process.off('worker', abort)
    const before = threads.started
    const options = { threads: 1, signal: AbortSignal.abort(reason), onRecord }
    await assert.rejects(ran(cell, options), reason)
    assert.equal(threads.started, before)
    assert.equal(threads.alive, 0)
  })
})

describe('the training of a restarted peer', () => {
  it('begins with a fresh optimizer, though the old process still waits for its weights', async () => {
    const training = await createRealTraining({
      ...{ peers: 1, data, partition: 'iid', model: 'softmax', init: 'same', optimizer },
      ...{ batch: 8, seed: 3, threads: 0 },
    })
    try {
      const start = await training.initial(0)
      const train = async () => (await training.train(0, start, 4)).weights
      // Momentum and the order of the examples go on.
      const fresh = [await train(), await train()]
      assert.notDeepEqual(fresh[1], fresh[0])

      let arrive: (weights: Float32Array) => void
      const onTheirWay = new Promise<Float32Array>((resolve) => (arrive = resolve))
      const old = training.train(0, onTheirWay, 3)
      training.reset(0)
      const restarted = train()
      await new Promise((resolve) => setImmediate(resolve))
      arrive!(start)
      await old
      assert.deepEqual([await restarted, await train()], fresh)
    } finally {
      await training.close()
    }
  })
})
