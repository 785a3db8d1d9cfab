import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EvaluatedRound } from '../../node/peer/counterfactual.js'
import { createLearner } from '../../node/peer/learner.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import type { GossipEffect, GossipEvent, GossipLearning } from '../../protocols/gossip-learning/index.js'
import type { Trainer } from '../../protocols/training/contract.js'

const settled = () => new Promise(setImmediate)

const MIXED = Float32Array.of(7)
const FROZEN = Float32Array.of(5)
const BOB = Float32Array.of(2)

/** An engine that mixes with bob in round 1 and with nobody in round 2, whatever happens. */
const scripted = (): GossipLearning<Float32Array> => ({
  handle({ type }: GossipEvent<Float32Array>): GossipEffect<Float32Array>[] {
    const ended = { type: 'roundEnded', loss: 0, weights: MIXED } as const
    if (type === 'start') {
      const shares = [
        { from: 'ann', weights: Float32Array.of(1), weight: 0.5 },
        { from: 'bob', weights: BOB, weight: 0.5 },
      ]
      return [{ type: 'mix', shares, catchUp: { now: BOB, fraction: 0 } }]
    }
    if (type === 'freeze') return [{ type: 'frozen', weights: FROZEN, round: 2, samples: 9 }]
    if (type === 'resume') return []
    if (type === 'mixed') return [{ ...ended, round: 1, mixedFrom: ['bob'] }]
    return [{ ...ended, round: 2, mixedFrom: [] }]
  },
  state: { phase: 'training', round: 0, samples: 0, inboxSize: 0, pullsUnderWay: 0, frozen: false },
})

const setUp = (evaluateEvery: number) => {
  const evaluated: EvaluatedRound[] = []
  const told: string[] = []
  const trainer: Pick<Trainer, 'mix' | 'evaluate'> = {
    mix: () => Promise.resolve(MIXED),
    evaluate: () => Promise.resolve({ accuracy: 0.5, loss: 0, examples: 1 }),
  }
  const learner = createLearner({
    engine: scripted(),
    trainer: trainer as Trainer,
    self: 'ann',
    announcer: { announce: () => Promise.resolve() },
    pull: () => assert.fail('it pulled'),
    codecs: { mixOf: (mix) => mix },
    snapshots: createSnapshots(),
    layout: { entries: [], length: 1, fingerprint: 'f'.repeat(64) },
    rule: 'mean',
    evaluateEvery,
    signal: new AbortController().signal,
    onRound: ({ round }) => told.push(`round ${round}`),
    onEvaluated(round) {
      evaluated.push(round)
      told.push(`evaluated ${round.round}`)
    },
    onFinished: () => {},
    onFrozen: () => {},
    fail: (error) => assert.fail(String(error)),
  })
  const runRounds = async (): Promise<void> => {
    learner.dispatch({ type: 'start', weights: MIXED, late: false })
    await settled()
    learner.dispatch({ type: 'deadline' })
    await settled()
  }
  return { learner, runRounds, evaluated, told }
}

describe('an evaluated round of the learner', () => {
  it('comes with its model and with what was mixed in it, not with what was mixed before', async () => {
    const { runRounds, evaluated } = setUp(1)
    await runRounds()
    assert.deepEqual(
      evaluated.map(({ round, weights, mixed }) => [round, weights, [...mixed.keys()]]),
      [
        [1, MIXED, ['ann', 'bob']],
        [2, MIXED, []],
      ],
    )
    assert.equal(evaluated[0]!.mixed.get('bob'), BOB)
  })

  it('is told after the round itself, and only when it was evaluated', async () => {
    const every = setUp(1)
    await every.runRounds()
    assert.deepEqual(every.told, ['round 1', 'evaluated 1', 'round 2', 'evaluated 2'])
    const second = setUp(2)
    await second.runRounds()
    assert.deepEqual(second.told, ['round 1', 'round 2', 'evaluated 2'])
    const never = setUp(0)
    await never.runRounds()
    assert.deepEqual(never.told, ['round 1', 'round 2'])
  })
})

describe('the own model that a merge is compared with', () => {
  it('is the frozen one as long as the merge lasts, and after one that was abandoned the newest', async () => {
    const { learner, runRounds } = setUp(0)
    assert.equal(learner.local, undefined)
    await runRounds()
    assert.equal(learner.local, MIXED)
    learner.dispatch({ type: 'freeze' })
    assert.deepEqual([learner.local, learner.weights], [FROZEN, MIXED])
    learner.dispatch({ type: 'resume' })
    assert.equal(learner.local, MIXED)
  })

  it('is the merged one of the period before until there is a newer', async () => {
    const merged = Float32Array.of(6)
    const { learner, runRounds } = setUp(0)
    // Without a model of its own it joins the others, from one of theirs.
    learner.dispatch({ type: 'resume', weights: merged })
    assert.equal(learner.local, undefined)
    await runRounds()
    learner.dispatch({ type: 'freeze' })
    learner.dispatch({ type: 'resume', weights: merged })
    assert.equal(learner.local, merged)
    await runRounds()
    assert.equal(learner.local, MIXED)
  })
})
