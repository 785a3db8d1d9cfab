import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Network } from '../../node/network/index.js'
import type { AwaitedCall } from '../../node/peer/merge/callers.js'
import type { Estimate } from '../../node/peer/counterfactual.js'
import type { Learner } from '../../node/peer/learner.js'
import type { Merges } from '../../node/peer/merge/merges.js'
import type { RollCall } from '../../node/peer/roll-call.js'
import { startingStatus, statusOf } from '../../node/peer/status.js'
import type { GossipLearning, GossipLearningState } from '../../protocols/gossip-learning/index.js'
import { parseRunConfiguration, type RunConfiguration } from '../../protocols/run/index.js'

const configuration = parseRunConfiguration({})
const network = { peerId: 'self', stats: () => ({}) } as unknown as Network

const estimateIn = (status: object) => (status as { readonly mergedEstimate: unknown }).mergedEstimate

const statusWith = ({
  latest = null,
  merges = {},
  run = configuration,
  phase = 'training',
  awaitedCall = null,
}: {
  latest?: Estimate | null
  merges?: Partial<Merges>
  run?: RunConfiguration
  phase?: GossipLearningState['phase']
  awaitedCall?: AwaitedCall | null
}) =>
  statusOf({
    ...{ configuration: run, network, name: 'ann', backend: 'wasm' },
    engine: { state: { phase, round: 9, samples: 9 } } as GossipLearning<Float32Array>,
    learner: { accuracy: 0.5 } as Learner,
    merges: { phase: 'idle', isActive: false, periodsDone: 0, ...merges } as Merges,
    rollCall: { members: ['self'], records: [] } as unknown as RollCall,
    counterfactual: { latest },
    awaitedCall,
  }) as Readonly<Record<string, unknown>>

describe('the status of a peer', () => {
  it('has the last estimate of the merged accuracy, with its round and the number of models', () => {
    const status = statusWith({ latest: { round: 7, mergedAccuracy: 0.93, models: 5 } })
    assert.deepEqual(estimateIn(status), { accuracy: 0.93, round: 7, models: 5 })
  })

  it('has null in its place before there is one', () => {
    assert.equal(estimateIn(statusWith({})), null)
    assert.equal(estimateIn(startingStatus({ configuration, network, name: 'ann' })), null)
  })

  it('has the phase of the merge as long as there is one, and of the training before and between', () => {
    assert.equal(statusWith({}).phase, 'training')
    assert.equal(statusWith({ merges: { isActive: true, phase: 'exchanging' } }).phase, 'exchanging')
    assert.equal(statusWith({ merges: { periodsDone: 1, phase: 'merged' } }).phase, 'training')
    // Nothing more to train: the others are awaited, or it is over.
    assert.equal(statusWith({ phase: 'finished' }).phase, 'idle')
    assert.equal(statusWith({ phase: 'finished', merges: { phase: 'merged' } }).phase, 'merged')
  })

  it('says that it waits for the call of others, in place of being idle', () => {
    const awaitedCall = { period: 1, callers: ['c'], here: [], leftMs: 5_000 }
    const { phase, ...status } = statusWith({ phase: 'finished', awaitedCall })
    assert.equal(phase, 'awaiting-call')
    assert.deepEqual(status.awaitedCall, awaitedCall)
    // Due by time or by samples, while there are rounds left.
    assert.equal(statusWith({ awaitedCall }).phase, 'training')
    assert.equal(statusWith({}).awaitedCall, null)
  })

  it('counts the periods from 1, and the rounds of all of them', () => {
    const run = parseRunConfiguration({ periods: 3, rounds: 7 })
    const periodAfter = (periodsDone: number) => statusWith({ run, merges: { periodsDone } }).period
    assert.deepEqual([0, 1, 3].map(periodAfter), [1, 2, 3])
    const { periods, rounds } = statusWith({ run })
    assert.deepEqual({ periods, rounds }, { periods: 3, rounds: 21 })
    assert.equal(
      (startingStatus({ configuration: run, network, name: 'ann' }) as { rounds: number }).rounds,
      21,
    )
  })
})
