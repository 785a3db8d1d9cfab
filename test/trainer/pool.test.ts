import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { describe, it } from 'node:test'
import { startThread } from '../../node/threads/start-thread.js'
import {
  createTrainer,
  createTrainerPool,
  layoutOf,
  REQUESTS_MAX,
  type TrainerPoolOptions,
} from '../../node/trainer/index.js'
import type { OptimizerConfig, Trainer } from '../../protocols/training/contract.js'
import { interleaved, options, parts, train, withPool } from './pool-scenario.js'
import type { ThreadReport } from './pool-in-a-thread.js'
import { adamw, sgd } from './separable.js'

describe('a pool of trainers', () => {
  for (const optimizer of [sgd, adamw]) {
    it(`trains the same bits on 0, 1, 2 and 3 threads (${optimizer.kind})`, async () => {
      const outcomes: (readonly Float32Array[])[] = []
      for (const threads of [0, 1, 2, 3]) {
        await withPool({ threads, optimizer }, async (pool) => {
          assert.equal(pool.threads, threads)
          outcomes.push(await interleaved(pool))
        })
      }
      for (const outcome of outcomes.slice(1)) assert.deepEqual(outcome, outcomes[0])
      // Four trainers, four parts: no two may have trained the same.
      const [first, ...others] = outcomes[0]!
      for (const other of others) assert.notDeepEqual(other, first)
    })
  }

  it('trains each part as a trainer of that part alone would', () =>
    withPool({}, async (pool) => {
      const trained = await interleaved(pool)
      for (const index of [0, 3]) {
        const alone = { parts: [parts[index]!], seeds: [options.seeds[index]!], threads: 1 }
        await withPool(alone, async (single) => {
          let weights = await single.trainer(0).initialWeights(3)
          for (let call = 0; call < 4; call++) {
            const steps = 1 + ((index + call) % 3)
            weights = (await single.trainer(0).train({ weights, steps })).weights
          }
          assert.deepEqual(trained[index], weights)
        })
      }
    }))

  it('trains on everything as the trainer of one peer does', async () => {
    const everything = Uint32Array.from({ length: train.count }, (_, index) => index)
    const run = async (trainer: Trainer): Promise<Float32Array> =>
      (await trainer.train({ weights: await trainer.initialWeights(2), steps: 7 })).weights
    const peer = await createTrainer({ ...options, seed: 12, backend: 'compiled' })
    const expected = await run(peer)
    await peer.close()
    await withPool({ parts: [parts[0]!, everything], seeds: [1, 12] }, async (pool) => {
      assert.deepEqual(await run(pool.trainer(1)), expected)
    })
  })

  it('has the layout of its model and hands out the same trainer every time', () =>
    withPool({ threads: 0 }, (pool) => {
      assert.deepEqual(pool.layout, layoutOf('mlp:5', train.shape, train.classes))
      assert.equal(pool.trainer(2), pool.trainer(2))
      assert.equal(pool.backend, 'compiled')
      for (const index of [-1, 4, 0.5]) assert.throws(() => pool.trainer(index), { code: 'BAD_OPTION' })
      return Promise.resolve()
    }))

  it('evaluates the weights of one trainer the same with any other', () =>
    withPool({}, async (pool) => {
      const { weights } = await pool
        .trainer(1)
        .train({ weights: await pool.trainer(1).initialWeights(1), steps: 9 })
      const evaluations = await Promise.all(parts.map((_, index) => pool.trainer(index).evaluate(weights)))
      for (const evaluation of evaluations) assert.deepEqual(evaluation, evaluations[0])
    }))

  it('mixes while other trainers train', () =>
    withPool({}, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const training = pool.trainer(1).train({ weights, steps: 5 })
      const mixed = await pool
        .trainer(3)
        .mix({ rule: 'mean', contributions: [{ from: 'a', weights, weight: 1 }] })
      assert.deepEqual(mixed, weights)
      assert.equal((await training).samples, 40) // 5 steps of 8
    }))

  it('has a queue for each trainer: a full one turns nobody else away', () =>
    withPool({ threads: 1 }, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const full = Array.from({ length: REQUESTS_MAX }, () => pool.trainer(0).train({ weights, steps: 1 }))
      await assert.rejects(pool.trainer(0).evaluate(weights), { code: 'QUEUE_FULL' })
      assert.equal((await pool.trainer(1).evaluate(weights)).examples, 40)
      assert.equal((await Promise.all(full)).length, 16)
    }))

  it('starts no more threads than it has trainers', () =>
    withPool({ threads: 3, parts: parts.slice(0, 2), seeds: [1, 2] }, (pool) => {
      assert.equal(pool.threads, 2)
      return Promise.resolve()
    }))
})

describe('a trainer of a pool that is reset', () => {
  for (const optimizer of [sgd, adamw] satisfies OptimizerConfig[]) {
    it(`trains as if it had just started (${optimizer.kind})`, () =>
      withPool({ threads: 1, optimizer }, async (pool) => {
        const [trainer, other] = [pool.trainer(0), pool.trainer(1)]
        const weights = await trainer.initialWeights(1)
        // 3 steps of 8 end inside the second epoch of 20: neither the order nor the momentum is at its start.
        const run = async (of: Trainer) => (await of.train({ weights, steps: 3 })).weights
        const [first, otherFirst] = [await run(trainer), await run(other)]
        const second = await run(trainer)
        await trainer.reset()
        assert.deepEqual(await run(trainer), first)
        assert.notDeepEqual(second, first)
        assert.notDeepEqual(await run(other), otherFirst) // went on
      }))
  }

  it('may be reset before it ever trained', () =>
    withPool({ threads: 1 }, async (pool) => {
      await pool.trainer(0).reset()
      const weights = await pool.trainer(0).initialWeights(1)
      assert.equal((await pool.trainer(0).train({ weights, steps: 1 })).samples, 8)
    }))
})

describe('a pool in the caller’s own thread', () => {
  it('answers after the caller went on, one request per turn', () =>
    withPool({ threads: 0 }, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const events: string[] = []
      const trained = [0, 1].map((index) =>
        pool
          .trainer(index)
          .train({ weights, steps: 1 })
          .then(() => events.push(`trained ${index}`)),
      )
      events.push('asked')
      await Promise.all(trained)
      assert.deepEqual(events, ['asked', 'trained 0', 'trained 1'])
    }))

  it('trains the same bits inside a worker thread, whose priority it leaves alone', async () => {
    const thread = startThread(new URL('./pool-in-a-thread.js', import.meta.url), {})
    const [inThread] = (await once(thread, 'message')) as [ThreadReport]
    await once(thread, 'exit')
    await withPool({ threads: 1 }, async (pool) => {
      assert.deepEqual(inThread.weights, await interleaved(pool))
    })
    assert.equal(inThread.priority, getPriority(0))
  })
})

describe('starting a pool', () => {
  it('refuses options that cannot work, naming the option', async () => {
    const rejects = (changes: Partial<TrainerPoolOptions>, code: string, words: RegExp): Promise<void> =>
      assert.rejects(createTrainerPool({ ...options, ...changes }), { code, message: words })
    await rejects({ model: 'sofmax' }, 'UNKNOWN_MODEL', /softmax/)
    await rejects({ parts: [], seeds: [] }, 'BAD_OPTION', /parts/)
    await rejects({ parts: [parts[0]!, new Uint32Array(0)], seeds: [1, 2] }, 'BAD_OPTION', /parts\[1\]/)
    await rejects({ parts: [Uint32Array.of(89, 90)], seeds: [1] }, 'BAD_OPTION', /example 90 is not below 90/)
    await rejects({ seeds: [1, 2, 3] }, 'BAD_OPTION', /3 seeds for 4 parts/)
    await rejects({ threads: -1 }, 'BAD_OPTION', /threads/)
    await rejects({ threads: 2, backend: 'tensorflow' }, 'BAD_OPTION', /exactly one thread/)
    await rejects({ threads: 0, backend: 'tensorflow' }, 'BAD_OPTION', /exactly one thread/)
  })
})
