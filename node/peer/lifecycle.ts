import { limits } from '../../protocols/limits.js'
import { totalRounds, type RunConfiguration } from '../../protocols/run/index.js'
import type { Learner } from './learner.js'
import { createCallerWait } from './merge/caller-wait.js'
import { callersAmong, type AwaitedCall } from './merge/callers.js'
import { createMergeSchedule, type Progress } from './merge/schedule.js'
import type { AbandonedHow, AbandonedPeriod, Merges } from './merge/merges.js'
import { repeatMsFor } from './merge/timing.js'
import type { PeerReport } from './reports.js'
import type { RollCall } from './roll-call.js'

/** A peer that starts this many rounds behind the others begins from a member's snapshot. Guess: before, little is lost. */
const LATE_ROUNDS = 5
/** Repetitions after which whoever takes part in a merge has been heard: see `QUIET_EVERY` of the reduce-scatter. */
const LISTEN_REPETITIONS = 4
/** Milliseconds after which a caller that is here counts as late. Guess. */
const CALLER_LATE_MS = 5_000
/** Milliseconds after which a merge that was abandoned is called for again. Guess: those that were cut off may be back. */
const AGAIN_MS = 5_000

/** When this peer begins to train and when it calls for the merge. */
export interface Lifecycle {
  /** This peer could begin now, from these weights. */
  ready(initialWeights: Float32Array): void
  /** Begins with the members that are here, once it is ready. */
  begin(): void
  finished(round: number): void
  /** The merge of this period was given up: the present one, or a later one that others have begun. */
  abandoned(
    period: number,
    how: AbandonedHow,
  ): {
    /** Its period ends without. */
    readonly isOver: boolean
    /** Somebody is here who will call for it again. */
    readonly again: boolean
  }
  /** A moment to look whether anything is due. */
  tick(): void
  readonly begun: boolean
  /** The merge that waits for its call, as it was at the last look; null where nobody is waited for. */
  readonly awaitedCall: AwaitedCall | null
}

export const createLifecycle = ({
  configuration,
  self,
  rollCall,
  learner,
  merges,
  progress,
  onReport,
  onCallerless,
}: {
  readonly configuration: RunConfiguration
  readonly self: string
  readonly rollCall: RollCall
  readonly learner: Learner
  readonly merges: Merges
  /** Of this peer. */
  readonly progress: () => Progress
  readonly onReport: (report: PeerReport) => void
  /** A period ends without a merge: those who may call are gone, or do not. */
  readonly onCallerless: (gaveUp: AbandonedPeriod) => void
}): Lifecycle => {
  let initialWeights: Float32Array | undefined
  let begunMs: number | undefined
  let told = false
  /** The period whose merge was given up last, and how often. */
  let givenUp = 0
  let timesAbandoned = 0
  let notBeforeMs = 0
  const schedule = createMergeSchedule(configuration)
  const callerWait = createCallerWait(schedule.patienceMs)
  const { callers } = configuration.finalMerge
  const mayCall = (id: string): boolean => callers === 'any' || callers.includes(id)
  let awaitedCall: AwaitedCall | null = null
  /** The period whose call is waited for, since when, and whether that was reported. */
  let awaiting = { period: 0, sinceMs: 0, isTold: false }
  // All-to-all has one call per merge.
  const tries = configuration.finalMerge.method === 'all-to-all' ? 1 : limits.mergeCallsMax

  const beginWhenEnough = (): void => {
    if (begunMs !== undefined || initialWeights === undefined) return
    const { members } = rollCall
    const furthest = Math.max(
      ...members.map((id) => Math.min(rollCall.headOf(id)?.round ?? 0, totalRounds(configuration))),
    )
    // A run that is under way is not held up by those who have left it since.
    if (!told && furthest === 0 && members.length < configuration.minPeers) return
    begunMs = performance.now()
    const late = furthest >= LATE_ROUNDS
    // A merge of those who were here before may be under way, which a call would end.
    if (late) notBeforeMs = begunMs + LISTEN_REPETITIONS * repeatMsFor(members.length)
    onReport({ type: 'started', members: members.length, late })
    if (callers !== 'any' && !members.some(mayCall))
      onReport({ type: 'callerless', ...callersAmong(rollCall, callers) })
    learner.dispatch({ type: 'start', weights: initialWeights, late })
  }

  /** Whoever is first calls; all may that the run's configuration allows. */
  const callMergeWhenDue = (): void => {
    const nowMs = performance.now()
    awaitedCall = null
    if (merges.isActive) callerWait.end()
    if (begunMs === undefined || merges.isActive || nowMs < notBeforeMs) return
    if (merges.periodsDone >= configuration.periods) return
    const { members } = rollCall
    const others = members.flatMap((id) => (id === self ? [] : [rollCall.headOf(id)]))
    const isDue = schedule.isDue({
      ...{ period: merges.periodsDone + 1, self: progress(), others, sinceBeginMs: nowMs - begunMs },
      // Alone in a run of several: more likely cut off, or not yet met, than the last one. Patience first.
      isCutOff: members.length === 1 && configuration.minPeers > 1,
    })
    if (!isDue) return
    if (mayCall(self)) merges.call()
    else waitForCaller(nowMs)
  }

  /** A merge that is under way needs no caller any more, and its result is for all. */
  const waitForCaller = (nowMs: number): void => {
    if (merges.isUnderWay(nowMs)) return callerWait.end()
    const period = merges.periodsDone + 1
    const who = callersAmong(rollCall, callers === 'any' ? [] : callers)
    const isCallerHere = who.here.length > 0
    const wait = callerWait.look({ period, begunMs: begunMs!, nowMs, isCallerHere })
    if ('leftMs' in wait) return awaitCall({ period, ...who, leftMs: wait.leftMs }, nowMs)
    merges.skip(period)
    onCallerless({ period, reason: wait.reason, missing: who.callers })
  }

  const awaitCall = (awaited: AwaitedCall, nowMs: number): void => {
    const { period, here } = awaited
    awaitedCall = awaited
    if (awaiting.period !== period) awaiting = { period, sinceMs: nowMs, isTold: false }
    // One who is here is mostly a little slower: nothing to be told of.
    const isLate = here.length === 0 || nowMs - awaiting.sinceMs >= CALLER_LATE_MS
    if (awaiting.isTold || !isLate) return
    awaiting.isTold = true
    onReport({ type: 'awaitingCall', ...awaited })
  }

  const tick = (): void => {
    beginWhenEnough()
    callMergeWhenDue()
  }

  return {
    ready(weights) {
      initialWeights = weights
      tick()
      if (begunMs === undefined) {
        onReport({ type: 'waiting', members: rollCall.members.length, needed: configuration.minPeers })
      }
    },
    begin() {
      told = true
      tick()
    },
    finished(round) {
      onReport({ type: 'finished', round })
      callMergeWhenDue()
    },
    abandoned(period, { isDisturbed }) {
      if (period !== givenUp) timesAbandoned = 0
      givenUp = period
      if (!isDisturbed) timesAbandoned += 1
      notBeforeMs = performance.now() + AGAIN_MS
      const isOver = timesAbandoned >= tries
      if (isOver) merges.skip(period)
      return { isOver, again: !isOver && rollCall.members.some(mayCall) }
    },
    tick,
    get begun() {
      return begunMs !== undefined
    },
    get awaitedCall() {
      return awaitedCall
    },
  }
}
