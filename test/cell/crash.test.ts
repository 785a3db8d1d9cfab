import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Trained } from '../harness/index.js'
import { createFakeTraining, step } from './fake-training.js'
import { ranWith } from './running.js'

/** The second training of p01, from 10 to 20 ms, is cut short at 13; the next process begins at 14. */
const events = [
  { atMs: 13, peer: 'p01', does: 'crash' },
  { atMs: 14, peer: 'p01', does: 'restart', state: 'kept' },
]

describe('a peer that crashes while a thread still trains for it', () => {
  it('starts again from its last round, and what the thread brings is lost', async () => {
    let trainings = 0
    let letGo: (trained: Trained) => void
    const training = createFakeTraining({
      initial: [[0], [8]],
      train(peer, weights, steps) {
        if (peer === 1) trainings += 1
        if (peer === 1 && trainings === 2) return new Promise((resolve) => (letGo = resolve))
        // That of the old process is there only after that of the new one.
        const next = Promise.resolve(step(peer, weights, steps))
        if (peer === 1 && trainings === 3) void next.then(() => letGo(step(peer, Float32Array.of(1000), 0)))
        return next
      },
    })
    const scenario = { baseline: 'local', localSteps: 1, rounds: 3, churn: { events } }
    const { result, rounds } = await ranWith(training, scenario)
    assert.deepEqual(
      training.asked.filter((text) => text.endsWith(' 1')),
      ['train 1', 'train 1', 'reset 1', 'train 1', 'train 1'],
    )
    // 0 + 3 · 1 and 8 + 3 · 2
    const { localAccuracyMin, localAccuracyMax } = rounds.at(-1)!
    assert.ok(Math.abs(localAccuracyMin - 0.03) < 1e-9 && Math.abs(localAccuracyMax - 0.14) < 1e-9)
    // 14 and two rounds more.
    assert.equal(result.virtualMs, 34)
  })

  const diverging = () => {
    let trainings = 0
    return createFakeTraining({
      initial: [[0], [8]],
      train(peer, weights, steps) {
        if (peer === 1) trainings += 1
        return peer === 1 && trainings === 2
          ? Promise.reject(new Error('diverged'))
          : step(peer, weights, steps)
      },
    })
  }

  it('is not there any more to fail when what it trained diverges', async () => {
    const scenario = { baseline: 'local', localSteps: 1, rounds: 3, churn: { events } }
    const { result } = await ranWith(diverging(), scenario)
    assert.equal(result.virtualMs, 34)
  })

  it('fails the cell when it has not crashed', async () => {
    await assert.rejects(ranWith(diverging(), { baseline: 'local', localSteps: 1, rounds: 3 }), /diverged/)
  })
})
