import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createTrainer, layoutOf, type ThreadTrainer, type TrainerOptions } from '../../node/trainer/index.js'
import { distance } from '../../protocols/model/index.js'
import { backendsHere } from './backends.js'
import { adamw, separable, sgd } from './separable.js'

const train = separable(90, 1)
const test = separable(40, 2)
const options: TrainerOptions = { model: 'softmax', train, test, optimizer: sgd, batch: 16, seed: 7 }

/** Runs with a trainer and closes it whatever happens. */
const withTrainer = async (
  changes: Partial<TrainerOptions>,
  run: (trainer: ThreadTrainer) => Promise<void>,
): Promise<void> => {
  const trainer = await createTrainer({ ...options, ...changes })
  try {
    await run(trainer)
  } finally {
    await trainer.close()
  }
}

for (const backend of await backendsHere()) {
  describe(`a trainer on ${backend}`, () => {
    it('learns a separable set: the loss falls and held-out accuracy rises', () =>
      withTrainer({ backend }, async (trainer) => {
        const weights = await trainer.initialWeights(1)
        const before = await trainer.evaluate(weights)
        const first = await trainer.train({ weights, steps: 5 })
        const second = await trainer.train({ weights: first.weights, steps: 60 })
        const after = await trainer.evaluate(second.weights)
        assert.ok(second.loss < 0.5 * first.loss, `${first.loss} then ${second.loss}`)
        assert.ok(after.loss < 0.5 * before.loss && after.accuracy > 0.95, `${after.loss} ${after.accuracy}`)
        assert.equal(after.examples, 40)
        assert.equal(second.samples, 960) // 60 steps of 16
        assert.ok(second.elapsedMs > 0)
      }))

    it('says which backend runs and why', () =>
      withTrainer({ backend }, async (trainer) => {
        assert.equal(trainer.backend, backend)
        assert.ok(trainer.backendReason.length > 0)
        await Promise.resolve()
      }))

    it('leaves its input alone and answers with fresh shared memory', () =>
      withTrainer({ backend }, async (trainer) => {
        const weights = await trainer.initialWeights(1)
        const copy = weights.slice()
        const results = [
          (await trainer.train({ weights, steps: 3 })).weights,
          await trainer.mix({ rule: 'mean', contributions: [{ from: 'a', weights, weight: 1 }] }),
        ]
        await trainer.evaluate(weights)
        assert.deepEqual(weights, copy)
        for (const result of results) {
          assert.notEqual(result.buffer, weights.buffer)
          assert.ok(result.buffer instanceof SharedArrayBuffer)
        }
        assert.ok(distance(results[0]!, weights) > 0)
        assert.deepEqual(results[1], weights)
      }))

    it('takes weights that threads cannot share, also as part of a larger buffer', () =>
      withTrainer({ backend }, async (trainer) => {
        const weights = await trainer.initialWeights(1)
        const wide = new Float32Array(weights.length + 5)
        wide.set(weights, 3)
        const view = wide.subarray(3, 3 + weights.length)
        assert.deepEqual(await trainer.evaluate(view), await trainer.evaluate(weights))
      }))

    it('keeps the momentum from call to call', async () => {
      const outcomes: Float32Array[] = []
      for (const calls of [[4], [1, 3]]) {
        await withTrainer({ backend }, async (trainer) => {
          let weights = await trainer.initialWeights(1)
          for (const steps of calls) weights = (await trainer.train({ weights, steps })).weights
          outcomes.push(weights)
        })
      }
      assert.ok(distance(outcomes[0]!, outcomes[1]!) < 1e-5)
    })

    it('draws the same initial weights and the same minibatches from the same seed', async () => {
      const losses: number[] = []
      const drawn: Float32Array[] = []
      for (const seed of [7, 7, 8]) {
        await withTrainer({ backend, seed }, async (trainer) => {
          const weights = await trainer.initialWeights(seed)
          drawn.push(weights)
          const { loss } = await trainer.train({ weights: new Float32Array(weights.length), steps: 9 })
          losses.push(loss)
        })
      }
      assert.deepEqual(drawn[0], drawn[1])
      assert.notDeepEqual(drawn[0], drawn[2])
      assert.ok(Math.abs(losses[0]! - losses[1]!) < 1e-6)
      assert.ok(Math.abs(losses[0]! - losses[2]!) > 1e-6)
    })

    for (const model of ['softmax', 'mlp:9,5', 'cnn', 'cnn-bn']) {
      it(`has the layout that the name ${model} promises, and learns`, () =>
        withTrainer({ backend, model, optimizer: adamw }, async (trainer) => {
          assert.deepEqual(trainer.layout, layoutOf(model, [12, 10, 1], 3))
          let weights = await trainer.initialWeights(1)
          const before = await trainer.evaluate(weights)
          weights = (await trainer.train({ weights, steps: 60 })).weights
          const after = await trainer.evaluate(weights)
          assert.ok(after.loss < 0.6 * before.loss, `${before.loss} then ${after.loss}`)
        }))

      for (const optimizer of [sgd, adamw]) {
        it(`holds as many tensors after train, evaluate, statistics and mix as before (${model}, ${optimizer.kind})`, () =>
          withTrainer({ backend, model, optimizer }, async (trainer) => {
            const weights = await trainer.initialWeights(1)
            const before = await trainer.diagnostics()
            for (let i = 0; i < 2; i++) {
              const trained = await trainer.train({ weights, steps: 2 })
              await trainer.evaluate(trained.weights)
              const { values } = await trainer.estimateStatistics(trained.weights)
              await trainer.evaluate(weights, values)
              await trainer.mix({ rule: 'mean', contributions: [{ from: 'a', weights, weight: 1 }] })
              assert.deepEqual(await trainer.diagnostics(), before)
            }
          }))
      }
    }

    it('mixes with the named rule, in its thread', () =>
      withTrainer({ backend }, async (trainer) => {
        const [a, b] = [await trainer.initialWeights(1), await trainer.initialWeights(2)]
        const mixed = await trainer.mix({
          rule: 'mean',
          contributions: [
            { from: 'bob', weights: b, weight: 0.25 },
            { from: 'alice', weights: a, weight: 0.75 },
          ],
        })
        mixed.forEach((value, i) => assert.ok(Math.abs(value - (0.75 * a[i]! + 0.25 * b[i]!)) < 1e-6))
        await assert.rejects(trainer.mix({ rule: 'median of means', contributions: [] }), {
          name: 'AveragingError',
          code: 'UNKNOWN_RULE',
        })
        assert.ok((await trainer.evaluate(mixed)).loss > 0) // and goes on
      }))

    it('says that training diverged, keeps the last good weights and can go on', () =>
      withTrainer(
        { backend, optimizer: { kind: 'sgd', learningRate: 3e38, momentum: 0.9 } },
        async (trainer) => {
          const weights = await trainer.initialWeights(1)
          const [copy, before] = [weights.slice(), await trainer.diagnostics()]
          await assert.rejects(trainer.train({ weights, steps: 50 }), {
            code: 'DIVERGED',
            message: /last good weights are untouched.*Lower the learning rate/s,
          })
          assert.deepEqual(weights, copy)
          assert.deepEqual(await trainer.diagnostics(), before)
          assert.ok(Number.isFinite((await trainer.evaluate(weights)).loss))
        },
      ))

    it('rejects what is under way, what waits and what comes after when it is closed', async () => {
      const trainer = await createTrainer({ ...options, backend })
      const weights = await trainer.initialWeights(1)
      const calls = [trainer.train({ weights, steps: 1_000_000 }), trainer.evaluate(weights)]
      const closed = Promise.all([trainer.close(), trainer.close()])
      for (const call of calls) await assert.rejects(call, { code: 'CLOSED' })
      await closed
      await trainer.close()
      await assert.rejects(trainer.train({ weights, steps: 1 }), { code: 'CLOSED' })
      await assert.rejects(trainer.initialWeights(1), { code: 'CLOSED' })
      await assert.rejects(trainer.diagnostics(), { code: 'CLOSED' })
    })

    it('starts again after it was closed, several times over', async () => {
      for (let i = 0; i < 3; i++) {
        await withTrainer({ backend }, async (trainer) => {
          assert.ok((await trainer.train({ weights: await trainer.initialWeights(i), steps: 2 })).loss > 0)
        })
      }
    })
  })
}

describe('two trainers of one process', () => {
  it('train at the same time without touching each other, whatever backend each gets', async () => {
    const lossOf = async (trainer: ThreadTrainer): Promise<number> => {
      let weights = await trainer.initialWeights(1)
      let loss = 0
      for (let i = 0; i < 5; i++) ({ weights, loss } = await trainer.train({ weights, steps: 8 }))
      return loss
    }
    const pair = await Promise.all([createTrainer(options), createTrainer(options)])
    const [first, second] = await Promise.all(pair.map(lossOf))
    assert.ok(Math.abs(first! - second!) < 1e-3, `${first} and ${second}`)
    await Promise.all(pair.map((trainer) => trainer.close()))
  })
})

describe('a trainer whose thread dies', () => {
  it('rejects what is under way and what comes after, saying what is lost', async (t) => {
    const post = t.mock.method(Worker.prototype, 'postMessage')
    await withTrainer({ backend: 'wasm' }, async (trainer) => {
      const weights = await trainer.initialWeights(1)
      const calls = [trainer.train({ weights, steps: 1_000_000 }), trainer.evaluate(weights)]
      const thread = post.mock.calls.at(-1)!.this as Worker
      await thread.terminate()
      for (const call of [...calls, trainer.initialWeights(1)]) {
        await assert.rejects(call, { code: 'WORKER_FAILED', message: /optimizer state is lost/ })
      }
    })
  })
})

describe('starting a trainer', () => {
  const rejects = (changes: Partial<TrainerOptions>, code: string): Promise<void> =>
    assert.rejects(createTrainer({ ...options, ...changes }), { name: 'TrainerError', code })

  it('refuses options that cannot work, naming the option', async () => {
    await rejects({ model: 'sofmax' }, 'UNKNOWN_MODEL')
    await rejects(
      { model: 'cnn', train: { ...train, shape: [5, 24, 1] }, test: { ...test, shape: [5, 24, 1] } },
      'BAD_MODEL',
    )
    await rejects({ batch: 0 }, 'BAD_OPTION')
    await rejects({ seed: 0.5 }, 'BAD_OPTION')
    await rejects({ backend: 'webgl' as 'wasm' }, 'BAD_OPTION')
    await rejects({ optimizer: { ...sgd, learningRate: 0 } }, 'BAD_OPTION')
    await rejects({ optimizer: { ...adamw, beta2: 1 } as typeof adamw }, 'BAD_OPTION')
    await rejects({ test: separable(3, 1), train: { ...train, classes: 4 } }, 'BAD_OPTION')
    await rejects({ train: { ...train, pixels: train.pixels.subarray(1) } }, 'BAD_OPTION')
    await rejects({ train: { ...train, labels: new Uint8Array(90).fill(3) } }, 'BAD_OPTION')
  })
  it('refuses weights of another model and counts of steps that are not whole', () =>
    withTrainer({ backend: 'wasm' }, async (trainer) => {
      const weights = await trainer.initialWeights(1)
      await assert.rejects(trainer.evaluate(new Float32Array(3)), { code: 'LENGTH_MISMATCH' })
      await assert.rejects(trainer.train({ weights, steps: 0 }), { code: 'BAD_OPTION' })
    }))
  it('works without held-out examples', () =>
    withTrainer({ backend: 'wasm', test: separable(0, 1) }, async (trainer) => {
      const evaluation = await trainer.evaluate(await trainer.initialWeights(1))
      assert.deepEqual(evaluation, { accuracy: 0, loss: 0, examples: 0 })
    }))
  it('gives up when its signal is aborted before, while and after it starts', async () => {
    await rejects({ backend: 'wasm', signal: AbortSignal.abort() }, 'CLOSED')
    const starting = new AbortController()
    const start = rejects({ backend: 'wasm', signal: starting.signal }, 'CLOSED')
    starting.abort()
    await start
    const running = new AbortController()
    const trainer = await createTrainer({ ...options, backend: 'wasm', signal: running.signal })
    running.abort()
    await assert.rejects(trainer.initialWeights(1), { code: 'CLOSED' })
    await trainer.close()
  })
})
