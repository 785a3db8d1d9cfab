import type { RunConfiguration } from '../../protocols/run/index.js'
import { createMergeSchedule, type Progress } from './merge/schedule.js'
import type { Merges } from './merge/merges.js'
import type { PeerReport } from './reports.js'
import type { RollCall } from './roll-call.js'

/** Those who may call for the merges of a run that names them. */
export interface Callers {
  /** Peer ids, as the run lists them. */
  readonly callers: readonly string[]
  /** Those of them that are here. */
  readonly here: readonly { readonly id: string; readonly name: string }[]
}

/** A merge that is due, and that this peer may not call for. */
export interface AwaitedCall extends Callers {
  /** Counted from 1. */
  readonly period: number
  /** Milliseconds until the period ends without a merge, if nobody calls, comes or goes. */
  readonly leftMs: number
}

/** Tells who is waited for where only some may call for a merge. It decides nothing: see `createLifecycle`. */
export interface CallerWatch {
  /** Training has begun. Reports `callerless` where nobody is here who may call. */
  began(): void
  /** A moment to look whether a merge waits for its call. Reports `awaitingCall`, once a period. */
  look(): void
  /** As it was at the last look; null where nobody is waited for. */
  readonly awaited: AwaitedCall | null
}

export interface CallerWatchDeps {
  readonly configuration: RunConfiguration
  readonly self: string
  readonly rollCall: Pick<RollCall, 'members' | 'records' | 'headOf'>
  readonly merges: Pick<Merges, 'isActive' | 'isUnderWay' | 'periodsDone'>
  /** Of this peer. */
  readonly progress: () => Progress
  readonly nowMs: () => number
  readonly onReport: (report: PeerReport) => void
}

/** As long as `createCallerWait` waits; that these agree is tested. */
const CALLER_PERIODS = 10
const PATIENCE_MIN_MS = 10_000

export const createCallerWatch = (deps: CallerWatchDeps): CallerWatch => {
  const { configuration, self, rollCall, merges } = deps
  const { callers } = configuration.finalMerge
  if (callers === 'any') return { began() {}, look() {}, awaited: null }
  const schedule = createMergeSchedule(configuration)
  let begunMs: number | undefined
  /** The period that was due last, and when; when the wait was over, if it was in vain. */
  let last = { period: 0, atMs: 0 }
  let longestMs = PATIENCE_MIN_MS
  let wait:
    { readonly period: number; readonly sinceMs: number; callerlessSinceMs: number | undefined } | undefined
  let reported = 0
  let awaited: AwaitedCall | null = null

  const present = (): Callers => {
    const { members } = rollCall
    const names = new Map(rollCall.records.map(({ id, name }) => [id, name]))
    const here = callers.filter((id) => members.includes(id))
    return { callers, here: here.map((id) => ({ id, name: names.get(id) ?? id.slice(-8) })) }
  }

  /** @returns the period whose merge is due and has no call yet. */
  const uncalled = (begunMs: number, nowMs: number): number | undefined => {
    if (merges.periodsDone >= configuration.periods) return undefined
    const { members } = rollCall
    const period = merges.periodsDone + 1
    const isDue = schedule.isDue({
      ...{ period, self: deps.progress(), sinceBeginMs: nowMs - begunMs },
      others: members.flatMap((id) => (id === self ? [] : [rollCall.headOf(id)])),
      isCutOff: members.length === 1 && configuration.minPeers > 1,
    })
    return isDue && !merges.isActive && !merges.isUnderWay(nowMs) ? period : undefined
  }

  const leftMs = (period: number, nowMs: number): number => {
    const { sinceMs, callerlessSinceMs } = wait!
    const uncalledUntilMs = sinceMs + CALLER_PERIODS * longestMs
    if (callerlessSinceMs === undefined) return uncalledUntilMs - nowMs
    return Math.min(uncalledUntilMs, callerlessSinceMs + schedule.patienceMs(period)) - nowMs
  }

  const begin = (period: number, nowMs: number): void => {
    if (last.period !== period) {
      longestMs = Math.max(longestMs, nowMs - Math.max(begunMs!, last.atMs))
      last = { period, atMs: nowMs }
    }
    wait = { period, sinceMs: nowMs, callerlessSinceMs: undefined }
  }

  const look = (): void => {
    if (begunMs === undefined || callers.includes(self)) return
    const nowMs = deps.nowMs()
    // In vain: nobody has called.
    if (wait && !merges.isActive && merges.periodsDone >= wait.period)
      last = { period: wait.period, atMs: nowMs }
    const period = uncalled(begunMs, nowMs)
    if (period === undefined) {
      wait = undefined
      awaited = null
      return
    }
    if (wait?.period !== period) begin(period, nowMs)
    const who = present()
    wait!.callerlessSinceMs = who.here.length > 0 ? undefined : (wait!.callerlessSinceMs ?? nowMs)
    awaited = { period, ...who, leftMs: Math.max(0, leftMs(period, nowMs)) }
    if (reported === period) return
    reported = period
    deps.onReport({ type: 'awaitingCall', ...awaited })
  }

  return {
    began() {
      begunMs = deps.nowMs()
      const who = present()
      if (who.here.length === 0) deps.onReport({ type: 'callerless', ...who })
    },
    look,
    get awaited() {
      return awaited
    },
  }
}
