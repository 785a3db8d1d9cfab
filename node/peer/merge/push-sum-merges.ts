import {
  PUSH_SUM_TIMING,
  PUSH_SUM_TOLERANCE,
  type PushSumTiming,
} from '../../../protocols/final-merge/push-sum/index.js'
import { runIdOf } from '../../../protocols/run/index.js'
import { createTopology } from '../../../protocols/topology/index.js'
import type { Merges, MergesDeps } from './merges.js'
import { createPushSumMerger } from './push-sum-merger.js'

/**
 * The merges of a run by push-sum: one per period, of the weights only and without a certificate. Statistics of batch
 * normalisation stay each peer's own: their sums of squares do not bear a result that is only near the average.
 */
export const createPushSumMerges = (deps: MergesDeps, timing: PushSumTiming = PUSH_SUM_TIMING): Merges => {
  const { configuration } = deps
  const { periods, finalMerge, topology, seed } = configuration
  const { callers, tolerance = PUSH_SUM_TOLERANCE, weights: weighting } = finalMerge
  let periodsDone = 0

  const merger = createPushSumMerger({
    ...{ ...deps, timing, tolerance },
    runId: runIdOf(configuration),
    isOpen: callers === 'any',
    mayCall: (id) => callers === 'any' || callers.includes(id),
    topology: createTopology(topology, seed),
    // Who has seen no example has something to average all the same.
    shareOf: (samples) => (weighting === 'uniform' ? 1 : Math.max(1, samples)),
    merges: periods,
    next: () => periodsDone + 1,
    onMerged(period, outcome, weights, error) {
      periodsDone = period
      deps.onMerged({ period, outcome, weights, error, statistics: null })
    },
    onAbandoned: (period, reason, missing) =>
      deps.onAbandoned({ period, reason, missing }, { isDisturbed: false }),
  })

  return {
    get phase() {
      return merger.phase
    },
    get isActive() {
      return merger.isActive
    },
    get periodsDone() {
      return periodsDone
    },
    // Whoever hears of one takes part, and there is no result to read.
    isUnderWay: () => false,
    call: () => merger.call(periodsDone + 1, deps.members()),
    skip: (period) => void (periodsDone = Math.max(periodsDone, period)),
    hear: (from, message) => merger.hear(from, message),
    hearNeighbour: (from, message) => merger.hearNeighbour(from, message),
    gone: (member) => merger.gone(member),
    serve: (request, from) => merger.serve(request, from),
    frozen: (frozen) => merger.frozen(frozen),
  }
}
