import { averagingRule, totalVariance } from '../../../protocols/averaging/index.js'
import {
  allToAll,
  reduceScatter,
  type MergeFault,
  type MergeKernels,
  type MergeOutcome,
  type MergePhase,
  type MergeTiming,
  type Signatures,
} from '../../../protocols/final-merge/index.js'
import type { PushSumPhase } from '../../../protocols/final-merge/push-sum/index.js'
import { createLayout, type Layout } from '../../../protocols/model/index.js'
import { runIdOf, type RunConfiguration } from '../../../protocols/run/index.js'
import type { Trainer } from '../../../protocols/training/contract.js'
import type { MergeMessage, PushSumMessage, ShardReply, ShardRequest } from '../../../protocols/wire/index.js'
import type { Network } from '../../network/index.js'
import type { Snapshots } from '../snapshots.js'
import { createMerger } from './merger.js'
import { createPushSumMerges } from './push-sum-merges.js'
import type { Subject } from './subject.js'
import { mergeTimingFor } from './timing.js'

/** What a period ended with. */
export interface MergedPeriod {
  /** Counted from 1. */
  readonly period: number
  readonly outcome: MergeOutcome
  readonly weights: Float32Array
  /** Estimated distance from the average, relative to the model's norm; absent where the method is exact. */
  readonly error?: number
  /** Of batch normalisation, over the data of all members; null for a model without it, or when they could not agree. */
  readonly statistics: { readonly values: Float32Array; readonly outcome: MergeOutcome } | null
}

/** A merge that a period did not get. */
export interface AbandonedPeriod {
  /** Counted from 1. */
  readonly period: number
  readonly reason: string
  /** Ids of the members that it lacked. */
  readonly missing: readonly string[]
}

/** Whether others' calls had a share in it: then it is not one try of few. */
export interface AbandonedHow {
  readonly isDisturbed: boolean
}

/**
 * The merges of a run: one per period, and after it, for a model with batch normalisation, one of the statistics that
 * each member takes of the merged model on its own data. Both are merges of their own, with a certificate each. Other
 * for push-sum: see `createPushSumMerges`.
 */
export interface Merges {
  readonly phase: MergePhase | PushSumPhase
  /** Between call and end. */
  readonly isActive: boolean
  /** Members speak of a merge of the present period, or of a later one: this peer may yet read its result. */
  isUnderWay(nowMs: number): boolean
  /** Periods that ended, with a merge or without. */
  readonly periodsDone: number
  /** Calls for the merge of the present period, or of a later one that others have begun, unless this peer is in one. */
  call(): void
  /** This period ends without a merge, and those before it that have not ended yet. */
  skip(period: number): void
  hear(from: string, message: MergeMessage): void
  /** Push-sum: a member has something to say to this one. */
  hearNeighbour(from: string, message: PushSumMessage): void
  /** A member has left or was lost. */
  gone(member: string): void
  serve(request: ShardRequest, from: string): ShardReply | Promise<ShardReply>
  /** The local model is frozen. */
  frozen(frozen: { readonly weights: Float32Array; readonly samples: number }): void
}

export interface MergesDeps {
  readonly self: string
  readonly configuration: RunConfiguration
  readonly layout: Layout
  readonly trainer: Trainer
  /** Of this thread. @default plain code */
  readonly kernels?: MergeKernels
  readonly network: Network
  readonly snapshots: Snapshots
  readonly signatures: Signatures
  /** See `MergeConfig`. */
  readonly claim: (slot: string, value: string) => boolean
  /** Whatever was claimed so far, in earlier lives too. @default nothing */
  readonly claimed?: () => Iterable<string>
  /** Sorted ids of the members that are here, this peer among them. */
  readonly members: () => readonly string[]
  /** @default by the size of what is merged and the members */
  readonly timing: MergeTiming | undefined
  readonly signal: AbortSignal
  /** Asks for the local model; it comes through `frozen`. */
  readonly freeze: () => void
  /** The local model may change again. */
  readonly onMerged: (merged: MergedPeriod) => void
  readonly onAbandoned: (abandoned: AbandonedPeriod, how: AbandonedHow) => void
  readonly onAccused: (id: string, fault: MergeFault) => void
  /** After `onMerged` of the last period: everyone who was named has the result, and nobody needs this peer for it any more. */
  readonly onSettled?: () => void
  readonly fail: (error: unknown) => void
}

export const createMerges = (deps: MergesDeps): Merges => {
  const { configuration, layout, trainer } = deps
  const { periods, finalMerge } = configuration
  if (finalMerge.method === 'push-sum') return createPushSumMerges(deps)
  const method = finalMerge.method === 'all-to-all' ? allToAll : reduceScatter
  const runId = runIdOf(configuration)
  const hasStatistics = trainer.statisticsLength > 0
  const perPeriod = hasStatistics ? 2 : 1
  const isOfStatistics = (merge: number): boolean => hasStatistics && merge % 2 === 0
  const periodOf = (merge: number): number => Math.ceil(merge / perPeriod)

  const ofWeights: Subject = {
    ...{ method, layout, weighting: finalMerge.weights },
    rule: { name: finalMerge.rule, sharded: averagingRule(finalMerge.rule).sharded! },
  }
  const ofStatistics = (): Subject => ({
    // Few numbers: whichever way they travel.
    ...{ method: reduceScatter, rule: totalVariance, weighting: 'samples' },
    layout: createLayout([{ name: 'statistics', shape: [trainer.statisticsLength], kind: 'bias' }]),
  })

  let periodsDone = 0
  /** Weights that are merged, until their statistics are. */
  let pending:
    { readonly merge: number; readonly outcome: MergeOutcome; readonly weights: Float32Array } | undefined

  const finish = (period: number, statistics: MergedPeriod['statistics']): void => {
    const { outcome, weights } = pending!
    pending = undefined
    periodsDone = period
    deps.onMerged({ period, outcome, weights, statistics })
  }

  const freezeStatistics = async (): Promise<void> => {
    const merged = pending!
    const { values, count } = await trainer.estimateStatistics(merged.weights)
    // It took longer than the others waited.
    if (pending !== merged) return
    merger.frozen({ weights: values, samples: count })
  }

  /** After weights come their statistics, whatever periods were skipped on the way there. */
  const nextMerge = (): number => (pending?.merge ?? periodsDone * perPeriod) + 1

  /**
   * All call for the same, whoever has come or gone since: those whose models are in it. One that only read the result
   * names itself too, or could not call, and so not learn of the statistics that the others agree on.
   */
  const membersOf = ({ roster }: MergeOutcome): readonly string[] =>
    [...new Set([...roster, deps.self])].sort()

  /** The run has gone on, with this one or without: nothing that comes of it may touch the model. */
  const isPast = (merge: number): boolean => periodOf(merge) <= periodsDone

  const merger = createMerger({
    ...deps,
    runId,
    // A folder may serve for several runs.
    claim: (slot, value) => deps.claim(`${runId} ${slot}`, value),
    claimed: () => slotsOf(runId, deps.claimed?.() ?? []),
    isOpen: finalMerge.callers === 'any',
    // Statistics go with the weights, whose merge was called for by one who may.
    mayCall: (id, merge) =>
      isOfStatistics(merge) || finalMerge.callers === 'any' || finalMerge.callers.includes(id),
    members(merge) {
      const here = deps.members()
      if (!pending || merge !== nextMerge()) return here
      // Who was too late with its model may be there for the statistics.
      const { outcome } = pending
      return [...membersOf(outcome), ...outcome.missing.filter((id) => here.includes(id))]
    },
    merges: periods * perPeriod,
    ...{ isPast, next: nextMerge },
    // Without the weights there is nothing to take statistics of: whoever hears of them first has missed those.
    firstOf: (merge) => (isOfStatistics(merge) && merge !== nextMerge() ? merge - 1 : merge),
    subjectOf: (merge) => (isOfStatistics(merge) ? ofStatistics() : ofWeights),
    timing: (subject, members) =>
      deps.timing ??
      mergeTimingFor({
        parameters: subject.layout.length,
        models: subject.method === allToAll ? members : MODELS_RECEIVED,
        members,
      }),
    freeze(merge) {
      if (isPast(merge)) return
      if (isOfStatistics(merge)) void freezeStatistics().catch(deps.fail)
      else deps.freeze()
    },
    onMerged(merge, outcome, weights) {
      const period = periodOf(merge)
      if (isPast(merge)) return
      if (isOfStatistics(merge)) return finish(period, { values: weights, outcome })
      pending = { merge, outcome, weights }
      if (!hasStatistics) return finish(period, null)
      merger.call(merge + 1, membersOf(outcome))
    },
    onSettled: (merge) => (merge === periods * perPeriod ? deps.onSettled?.() : undefined),
    onAbandoned(merge, { reason, missing, isDisturbed = false }) {
      if (isPast(merge)) return
      if (isOfStatistics(merge)) return finish(periodOf(merge), null)
      deps.onAbandoned({ period: periodOf(merge), reason, missing }, { isDisturbed })
    },
  })

  return {
    get phase() {
      return merger.phase
    },
    get isActive() {
      return merger.isActive || pending !== undefined
    },
    get periodsDone() {
      return periodsDone
    },
    isUnderWay: (nowMs) => !isPast(merger.merge) && merger.isUnderWay(nowMs),
    call() {
      if (!pending) merger.call(periodsDone * perPeriod + 1, deps.members())
    },
    skip: (period) => void (periodsDone = Math.max(periodsDone, period)),
    hear: (from, message) => merger.hear(from, message),
    // Its members find out who is there by what they say and send.
    hearNeighbour: () => {},
    gone: () => {},
    serve: (request) => merger.serve(request),
    frozen(frozen) {
      // Asked for by a merge of weights that is over.
      if (!isOfStatistics(merger.merge)) merger.frozen(frozen)
    },
  }
}

/** Slots of this run, without its name. */
const slotsOf = (runId: string, claimed: Iterable<string>): readonly string[] =>
  [...claimed].flatMap((slot) => (slot.startsWith(`${runId} `) ? [slot.slice(runId.length + 1)] : []))

/** Pieces of others, averages and, for one who was late, the result. */
export const MODELS_RECEIVED = 3
