import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { createTrainerPool, type TrainerPool } from '../../node/trainer/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import { options, parts, withPool } from './pool-scenario.js'
import { sgd } from './separable.js'

/** All of them, watched from the start: none is without a handler while another one is awaited. */
const rejectAll = async (calls: readonly Promise<unknown>[], expected: { code: string; message?: RegExp }) =>
  void (await Promise.all(calls.map((call) => assert.rejects(call, expected))))

for (const threads of [0, 2]) {
  describe(`a pool on ${threads} threads when something goes wrong`, () => {
    it('rejects the trainer that diverges, and its neighbours in the thread go on', () =>
      withPool({ threads, optimizer: { ...sgd, learningRate: 0.5 } }, async (pool) => {
        const good = await pool.trainer(0).initialWeights(1)
        const poisoned = good.map(() => 1e30)
        const [diverged, trained] = await Promise.allSettled([
          pool.trainer(0).train({ weights: poisoned, steps: 5 }),
          pool.trainer(2).train({ weights: good, steps: 5 }),
        ])
        assert.equal(diverged.status === 'rejected' && (diverged.reason as { code: string }).code, 'DIVERGED')
        assert.ok(trained.status === 'fulfilled' && trained.value.weights.every(Number.isFinite))
        assert.ok((await pool.trainer(0).train({ weights: good, steps: 1 })).loss > 0)
      }))

    it('ends one trainer without the others, and frees what it held', () =>
      withPool({ threads }, async (pool) => {
        const weights = await pool.trainer(0).initialWeights(1)
        for (const index of [0, 1, 2, 3]) await pool.trainer(index).train({ weights, steps: 1 })
        const before = await bytesBeside(pool, 2)
        const calls = [pool.trainer(0).train({ weights, steps: 3 }), pool.trainer(0).evaluate(weights)]
        const closed = pool.trainer(0).close()
        await rejectAll(calls, { code: 'CLOSED' })
        await closed
        await pool.trainer(0).close()
        await assert.rejects(pool.trainer(0).train({ weights, steps: 1 }), { code: 'CLOSED' })
        assert.ok((await pool.trainer(2).train({ weights, steps: 1 })).loss > 0)
        // Of trainer 0: a velocity of 120·5 + 5 + 5·3 + 3 = 623 floats, 2492 bytes, in whole lines of 64.
        assert.equal(before - (await bytesBeside(pool, 2)), 2496)
      }))

    it('rejects all that is under way when it is closed, and all that comes after', async () => {
      const pool = await createTrainerPool({ ...options, threads })
      const weights = await pool.trainer(0).initialWeights(1)
      const calls = parts.flatMap((_, index) => [
        pool.trainer(index).train({ weights, steps: 1_000_000 }),
        pool.trainer(index).evaluate(weights),
      ])
      const closed = Promise.all([pool.close(), pool.trainer(1).close(), pool.close()])
      await rejectAll(calls, { code: 'CLOSED' })
      await closed
      await assert.rejects(pool.trainer(2).reset(), { code: 'CLOSED' })
      await pool.trainer(2).close()
    })

    it('gives up when its signal is aborted before, while and after it starts', async () => {
      const start = (signal: AbortSignal) => createTrainerPool({ ...options, threads, signal })
      await assert.rejects(start(AbortSignal.abort()), { code: 'CLOSED' })
      const starting = new AbortController()
      const started = assert.rejects(start(starting.signal), { code: 'CLOSED' })
      starting.abort()
      await started
      const running = new AbortController()
      const pool = await start(running.signal)
      running.abort()
      await assert.rejects(pool.trainer(0).initialWeights(1), { code: 'CLOSED' })
      await pool.close()
    })
  })
}

/** Bytes in use in the thread of a trainer. */
const bytesBeside = async (pool: TrainerPool, index: number): Promise<number> => {
  const trainer = pool.trainer(index) as Trainer & { diagnostics(): Promise<{ bytes: number }> }
  return (await trainer.diagnostics()).bytes
}

describe('a pool of which one thread dies', () => {
  it('rejects the callers of that thread, and those of the other go on', async (t) => {
    const post = t.mock.method(Worker.prototype, 'postMessage')
    await withPool({}, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const dying = post.mock.calls.at(-1)!.this as Worker
      const steps = 1_000_000
      const calls = [0, 2].map((index) => pool.trainer(index).train({ weights, steps }))
      const waiting = pool.trainer(2).evaluate(weights)
      await dying.terminate()
      await rejectAll([...calls, waiting, pool.trainer(0).reset()], {
        code: 'WORKER_FAILED',
        message: /also that of other trainers/,
      })
      assert.ok((await pool.trainer(1).train({ weights, steps: 2 })).loss > 0)
      await pool.trainer(2).close()
    })
  })

  it('rejects the callers of a thread that meets an error nobody foresaw, with that error', async (t) => {
    const post = t.mock.method(Worker.prototype, 'postMessage')
    await withPool({}, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const thread = post.mock.calls.at(-1)!.this as Worker
      // There is no trainer 99: its flag cannot be read.
      thread.postMessage({
        kind: 'request',
        trainer: 99,
        id: 1,
        request: { kind: 'train', weights, steps: 1 },
      })
      const calls = [0, 2].map((index) => pool.trainer(index).train({ weights, steps: 1 }))
      await rejectAll(calls, {
        code: 'WORKER_FAILED',
        message: /Invalid atomic access.*optimizer state is lost/,
      })

      assert.ok((await pool.trainer(1).train({ weights, steps: 2 })).loss > 0)
    })
  })
})

describe('a pool in the caller’s own thread that meets an error nobody foresaw', () => {
  it('rejects all its callers with that error', (t) =>
    withPool({ threads: 0, backend: 'wasm' }, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const kernels = t.mock.method(tf.engine(), 'runKernel', () => {
        throw new RangeError('no more memory')
      })
      const calls = [0, 1].map((index) => pool.trainer(index).train({ weights, steps: 1 }))
      await rejectAll(calls, { code: 'WORKER_FAILED', message: /no more memory/ })
      kernels.mock.restore()
      await assert.rejects(pool.trainer(3).evaluate(weights), { code: 'WORKER_FAILED' })
      await pool.trainer(3).close()
    }))
})
