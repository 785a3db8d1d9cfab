import type { GossipLearning } from '../../protocols/gossip-learning/index.js'
import { runIdOf, totalRounds, type RunConfiguration } from '../../protocols/run/index.js'
import type { Network } from '../network/index.js'
import type { AwaitedCall } from './merge/callers.js'
import type { Counterfactual } from './counterfactual.js'
import type { Learner } from './learner.js'
import type { Merges } from './merge/merges.js'
import type { RollCall } from './roll-call.js'

/** The same of a peer that is not there yet. */
export const startingStatus = ({
  configuration,
  name,
  network,
}: {
  readonly configuration: RunConfiguration
  readonly name: string
  readonly network: Network
}): object => ({
  id: network.peerId,
  name,
  runId: runIdOf(configuration),
  model: configuration.model,
  phase: 'starting',
  period: 1,
  periods: configuration.periods,
  round: 0,
  rounds: totalRounds(configuration),
  samples: 0,
  backend: null,
  mergedEstimate: null,
  awaitedCall: null,
  members: [],
  ...network.stats(),
})

/** What `murmur status` shows of a peer, as JSON. */
export const statusOf = ({
  configuration,
  name,
  network,
  backend,
  engine,
  learner,
  merges,
  rollCall,
  counterfactual,
  awaitedCall,
}: {
  readonly configuration: RunConfiguration
  readonly name: string
  readonly network: Network
  readonly backend: string
  readonly engine: GossipLearning<Float32Array>
  readonly learner: Learner
  readonly merges: Merges
  readonly rollCall: RollCall
  readonly counterfactual: Pick<Counterfactual, 'latest'>
  /** The merge that waits for its call, if one does. */
  readonly awaitedCall: AwaitedCall | null
}): object => {
  const { phase, round, samples } = engine.state
  const self = { id: network.peerId, name, round, accuracy: learner.accuracy, finished: phase === 'finished' }
  const names = new Map(rollCall.records.map((record) => [record.id, record.name]))
  const members = rollCall.members.map((id) => {
    if (id === network.peerId) return self
    const head = rollCall.headOf(id)
    return {
      id,
      name: names.get(id) ?? null,
      round: head?.round ?? null,
      accuracy: head?.accuracy ?? null,
      finished: head?.finished ?? false,
    }
  })
  return {
    id: network.peerId,
    name,
    runId: runIdOf(configuration),
    model: configuration.model,
    phase: awaitedCall && phase === 'finished' ? AWAITING_CALL : phaseOf({ merges, phase }),
    period: Math.min(merges.periodsDone + 1, configuration.periods),
    periods: configuration.periods,
    round,
    rounds: totalRounds(configuration),
    samples,
    backend,
    mergedEstimate: estimateIn(counterfactual),
    awaitedCall,
    members,
    ...network.stats(),
  }
}

/** In place of `idle`: nothing is left to train, and those who may call for the merge have not. */
const AWAITING_CALL = 'awaiting-call'

/** Of the merge as long as there is one, or nothing left to train. */
const phaseOf = ({ merges, phase }: { readonly merges: Merges; readonly phase: string }): string =>
  merges.isActive || phase === 'finished' ? merges.phase : phase

const estimateIn = ({ latest }: Pick<Counterfactual, 'latest'>) =>
  latest && { accuracy: latest.mergedAccuracy, round: latest.round, models: latest.models }
