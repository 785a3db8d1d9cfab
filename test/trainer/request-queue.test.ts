import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fromRecord, toRecord, TrainerError } from '../../node/trainer/errors.js'
import type { QueuedRequest } from '../../node/trainer/messages.js'
import { createRequestQueue, REQUESTS_MAX } from '../../node/trainer/request-queue.js'
import { AveragingError, ModelError } from '../../protocols/errors.js'

const setUp = () => {
  const posted: QueuedRequest[] = []
  const queue = createRequestQueue({ post: (message) => void posted.push(message) })
  const answer = (loss: number): void =>
    queue.receive({ kind: 'answer', id: posted.at(-1)!.id, value: { loss, samples: 1, elapsedMs: 1 } })
  const ask = async (steps: number): Promise<number> => {
    const [weights, into] = [new Float32Array(1), new Float32Array(1)]
    return (await queue.ask({ kind: 'train', weights, steps, into })).loss
  }
  const asked = (): number[] =>
    posted.map(({ request }) => (request.kind === 'train' ? request.steps : Number.NaN))
  return { queue, posted, ask, answer, asked }
}
const failure = new TrainerError('WORKER_FAILED', 'the thread fell over')

describe('the queue in front of a trainer thread', () => {
  it('hands over one request at a time, in order', async () => {
    const { ask, answer, asked } = setUp()
    const first = ask(1)
    const second = ask(2)
    assert.deepEqual(asked(), [1])
    answer(10)
    assert.deepEqual(asked(), [1, 2])
    answer(20)
    assert.deepEqual([await first, await second], [10, 20])
  })
  it('goes on after a request that failed', async () => {
    const { queue, posted, ask, answer } = setUp()
    const first = ask(1)
    const second = ask(2)
    queue.receive({
      kind: 'error',
      id: posted[0]!.id,
      error: toRecord(new ModelError('LENGTH_MISMATCH', 'no')),
    })
    answer(20)
    await assert.rejects(first, { name: 'ModelError', code: 'LENGTH_MISMATCH' })
    assert.equal(await second, 20)
  })
  it('refuses more than it may hold and keeps those it has', async () => {
    const { ask, answer } = setUp()
    const held = Array.from({ length: REQUESTS_MAX }, (_, steps) => ask(steps))
    await assert.rejects(ask(99), { code: 'QUEUE_FULL' })
    for (const [index, promise] of held.entries()) {
      answer(index)
      assert.equal(await promise, index)
    }
  })
  it('rejects what waits and what comes later when the thread falls over', async () => {
    const { queue, ask, asked } = setUp()
    const waiting = [ask(1), ask(2)]
    queue.fail(failure)
    queue.fail(new TrainerError('CLOSED', 'only the first reason counts'))
    for (const promise of [...waiting, ask(3)]) await assert.rejects(promise, { code: 'WORKER_FAILED' })
    assert.deepEqual(asked(), [1])
  })
  it('closes behind the request that the thread has, and says when that is done', async () => {
    const { queue, posted, ask, answer } = setUp()
    const waiting = [ask(1), ask(2)]
    const closed = queue.close(new TrainerError('CLOSED', 'enough'))
    for (const promise of [...waiting, ask(3)]) await assert.rejects(promise, { code: 'CLOSED' })
    assert.deepEqual(
      posted.map(({ request }) => request.kind),
      ['train', 'close'],
    )
    let done = false
    const settled = closed.then(() => (done = true))
    queue.receive({ kind: 'answer', id: posted[0]!.id, value: undefined })
    await Promise.resolve()
    assert.equal(done, false)
    answer(0)
    await settled
  })
  it('is closed when the thread falls over, before or meanwhile', async () => {
    const meanwhile = setUp()
    const closed = meanwhile.queue.close(failure)
    meanwhile.queue.fail(failure)
    await closed
    const before = setUp()
    before.queue.fail(failure)
    await before.queue.close(failure)
    assert.equal(before.posted.length, 0)
  })
  it('rejects a request that cannot be handed over and goes on with the next', async () => {
    const handedOver: number[] = []
    const queue = createRequestQueue({
      post: ({ id, request }) => {
        if (request.kind !== 'estimateStatistics') throw new TypeError('cannot be cloned')
        const { weights } = request
        handedOver.push(weights.length)
        const value = { count: weights.length, values: weights }
        queueMicrotask(() => queue.receive({ kind: 'answer', id, value }))
      },
    })
    const askOf = (length: number) =>
      queue.ask({ kind: 'estimateStatistics', weights: new Float32Array(length) })
    const first = askOf(1)
    const second = queue.ask({ kind: 'reset' })
    const third = askOf(3)
    assert.equal((await first).count, 1)
    await assert.rejects(second, TypeError)
    assert.equal((await third).count, 3)
    assert.deepEqual(handedOver, [1, 3])
  })
  it('ignores an answer to a caller who was turned away', async () => {
    const { queue, ask, answer } = setUp()
    const asked = ask(1)
    queue.fail(failure)
    answer(1)
    await assert.rejects(asked, { code: 'WORKER_FAILED' })
  })
})

describe('an error that crosses the thread boundary', () => {
  it('keeps its class, code, message and details', () => {
    for (const error of [
      new TrainerError('DIVERGED', 'a', { step: 3 }),
      new ModelError('LENGTH_MISMATCH', 'b', { expected: 4 }),
      new AveragingError('UNKNOWN_RULE', 'c'),
    ]) {
      const copy = fromRecord(structuredClone(toRecord(error)))
      assert.equal(copy.constructor, error.constructor)
      const { code, message, details } = error
      assert.deepEqual({ ...copy, message: copy.message }, { name: error.name, code, message, details })
    }
  })
  it('is WORKER_FAILED with the original text when nobody foresaw it', () => {
    const copy = fromRecord(toRecord(new RangeError('out of memory')))
    assert.ok(
      copy instanceof TrainerError && copy.code === 'WORKER_FAILED' && /out of memory/.test(copy.message),
    )
  })
})
