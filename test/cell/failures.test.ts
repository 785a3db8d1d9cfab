import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeTraining, quality, step } from './fake-training.js'
import { hear, ran, ranWith } from './running.js'

const local = { baseline: 'local', localSteps: 1, peers: 1 }
const numbersOf = ({ rounds }: ReturnType<typeof hear>) => rounds.map(({ round }) => round)

/** One turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Evaluations that wait until they are let go, in the order in which they were asked for. */
const held = () => {
  const waiting: (() => void)[] = []
  return {
    evaluate: () =>
      new Promise<ReturnType<typeof quality>>((resolve) => waiting.push(() => resolve(quality(0.5)))),
    /** Once that many are asked for. */
    until: async (count: number) => {
      while (waiting.length < count) await turn()
      return waiting
    },
  }
}

describe('records of a cell', () => {
  it('are handed over in the order of the rounds, whichever measurement ends first', async () => {
    const { evaluate, until } = held()
    const heard = hear()
    const running = ranWith(createFakeTraining({ initial: [[0]], evaluate }), { ...local, rounds: 2 }, heard)
    // Model and mean of both rounds; the second round's are there first.
    const waiting = await until(4)
    waiting[2]!()
    waiting[3]!()
    await turn()
    assert.deepEqual(numbersOf(heard), [])
    waiting[0]!()
    waiting[1]!()
    await running
    assert.deepEqual(numbersOf(heard), [1, 2])
  })

  it('hold virtual time up when too many measurements are under way', async () => {
    const { evaluate, until } = held()
    const training = createFakeTraining({ initial: [[0]], evaluate })
    const running = ranWith(training, { ...local, rounds: 9 })
    const waiting = await until(6)
    for (let i = 0; i < 3; i++) await turn()
    // A third measurement, and nothing after it but the round that was begun.
    assert.equal(waiting.length, 6)
    assert.equal(training.asked.length, 4)
    for (let i = 0; i < 18; i++) (await until(i + 1))[i]!()
    assert.deepEqual((await running).rounds.length, 9)
  })
})

describe('a cell that fails', () => {
  it('rejects with what a measurement failed with, after the records before it and none behind it', async () => {
    let evaluations = 0
    const evaluate = () => {
      evaluations += 1
      // Model and mean of two rounds are fine.
      return evaluations <= 4
        ? Promise.resolve(quality(0.5))
        : Promise.reject(new RangeError('out of memory'))
    }
    for (const baseline of ['local', 'allreduce']) {
      evaluations = 0
      const heard = hear()
      const training = createFakeTraining({ initial: [[0]], evaluate })
      await assert.rejects(ranWith(training, { ...local, baseline, rounds: 9 }, heard), /out of memory/)
      for (let i = 0; i < 3; i++) await turn()
      assert.deepEqual(numbersOf(heard), [1, 2])
    }
  })

  it('rejects when the last measurement fails, too', async () => {
    const evaluate = () => Promise.reject(new RangeError('out of memory'))
    const training = createFakeTraining({ initial: [[0]], evaluate })
    await assert.rejects(ranWith(training, { ...local, rounds: 1 }), /out of memory/)
  })

  it('records what is being measured before it says that all peers are gone, and nothing afterwards', async () => {
    const { evaluate, until } = held()
    const heard = hear()
    const events = [{ atMs: 25, peer: 'p00', does: 'crash' }]
    const training = createFakeTraining({ initial: [[0]], evaluate })
    const running = assert.rejects(ranWith(training, { ...local, rounds: 9, churn: { events } }, heard), {
      code: 'STALLED',
    })
    for (const release of await until(4)) release()
    await running
    assert.deepEqual(numbersOf(heard), [1, 2])
    for (let i = 0; i < 3; i++) await turn()
    assert.deepEqual(numbersOf(heard), [1, 2])
  })

  it('records what is being measured before it says that training has failed', async () => {
    const { evaluate, until } = held()
    const heard = hear()
    let trainings = 0
    const training = createFakeTraining({
      initial: [[0]],
      evaluate,
      train(peer, weights, steps) {
        trainings += 1
        return trainings < 3 ? step(peer, weights, steps) : Promise.reject(new RangeError('diverged'))
      },
    })
    const running = assert.rejects(ranWith(training, { ...local, rounds: 9 }, heard), /diverged/)
    for (const release of await until(4)) release()
    await running
    assert.deepEqual(numbersOf(heard), [1, 2])
  })

  for (const baseline of ['none', 'local', 'fedavg', 'centralised']) {
    it(`says nothing more once a record was not taken (${baseline})`, async () => {
      const rounds: number[] = []
      const run = ran(
        { baseline, rounds: 9 },
        {
          onRecord(record) {
            if (record.type !== 'round') return
            rounds.push(record.round)
            if (record.round === 3) throw new RangeError('disk full')
          },
        },
      )
      await assert.rejects(run, /disk full/)
      for (let i = 0; i < 3; i++) await turn()
      assert.deepEqual(rounds, [1, 2, 3])
    })
  }
})

describe('a cell that is aborted', () => {
  const reason = new Error('enough')

  it('says nothing more, whatever is still being measured', async () => {
    const { evaluate, until } = held()
    const heard = hear()
    const controller = new AbortController()
    const training = createFakeTraining({ initial: [[0]], evaluate })
    const running = ranWith(training, { ...local, rounds: 9 }, heard, controller.signal)
    const rejected = assert.rejects(running, reason)
    // Three measurements are under way, and virtual time waits for the first.
    const waiting = await until(6)
    controller.abort(reason)
    waiting.slice(0, 2).forEach((release) => release())
    await rejected
    waiting.slice(2).forEach((release) => release())
    for (let i = 0; i < 3; i++) await turn()
    assert.deepEqual(numbersOf(heard), [1])
  })

  for (const baseline of ['none', 'local', 'fedavg', 'centralised']) {
    it(`rejects with the reason, whatever is still to do (${baseline})`, async () => {
      const controller = new AbortController()
      const { signal } = controller
      const rounds: number[] = []
      const run = ran(
        { baseline, rounds: 1_000_000, evaluateEvery: 1000 },
        { signal, onRecord: (record) => record.type === 'round' && rounds.push(record.round) },
      )
      const rejected = assert.rejects(run, reason)
      setImmediate(() => controller.abort(reason))
      await rejected
      const before = rounds.length
      assert.ok(before < 100, `${before}`)
      for (let i = 0; i < 3; i++) await turn()
      assert.equal(rounds.length, before)
    })

    it(`begins nothing when it is aborted already (${baseline})`, async () => {
      const options = { signal: AbortSignal.abort(reason), onRecord: () => assert.fail('it began') }
      await assert.rejects(ran({ baseline }, options), reason)
    })
  }
})
