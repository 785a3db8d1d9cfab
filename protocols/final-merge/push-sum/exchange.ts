import type { PushSumEffect } from './contract.js'
import type { Edge, ParcelLabel } from './messages.js'
import { createReaders } from './readers.js'
import { createSources } from './sources.js'
import type { PushSumTiming } from './timing.js'

/** A peer's mass on its way: what it takes from its neighbours, when it splits, what it serves. */
export interface Exchange {
  add(id: string, nowMs: number): void
  /** The neighbour is gone, and with it what it holds. */
  lose(id: string): void
  /** From now on mass may be split. */
  begin(nowMs: number): void
  /** A neighbour's word about the edge between. */
  hear(from: string, edge: Edge, nowMs: number): void
  edgeTo(id: string): Edge
  /** What becomes of a running sum that has come; undefined when it must not be absorbed. */
  take(from: string, label: ParcelLabel, nowMs: number): PushSumEffect | undefined
  pullEnded(from: string, answered: boolean): void
  serve(to: string, version: number): PushSumEffect
  /** Pulls, and a split if it is time. @param epoch of max-min consensus, for the label. */
  go(epoch: number, nowMs: number): PushSumEffect[]
  hasSplit(weight: number): void
  /** Failed pulls may be tried again, and readers that were behind for too long are given up: true if there were any. */
  retry(nowMs: number): boolean
  release(): PushSumEffect[]
  /** The least version that some reader may not have taken, one that is being made among them; Infinity if none. */
  readonly leastUntaken: number
  /** Weight that went where it cannot come back from, less what came from there. */
  readonly lost: number
  /** Splits made. */
  readonly iterations: number
}

export const createExchange = (timing: PushSumTiming): Exchange => {
  const readers = createReaders(timing)
  const sources = createSources(timing)
  /** The version that is being made. */
  let splitting: number | undefined
  /** When the last split was begun. */
  let splitMs = 0
  let iterations = 0
  let lost = 0

  /** The neighbours are not who they were at the last split: what was given to them may be lost, and nothing come. */
  let isFresh = true

  /** Mass that only goes out and never comes in would run dry, so something must have come since the last split. */
  const isReadyToSplit = (nowMs: number): boolean => {
    if (splitting !== undefined) return false
    const isPatient = nowMs < splitMs + timing.patienceMs
    if (iterations === 0) return readers.areAllThere || !isPatient
    return (isFresh || sources.hasTaken) && !(isPatient && sources.isWaiting(nowMs))
  }

  const split = (epoch: number, nowMs: number): PushSumEffect[] => {
    const next = isReadyToSplit(nowMs) ? readers.beginSplit(nowMs) : undefined
    if (!next) return []
    sources.startOver()
    isFresh = false
    splitting = next.version
    splitMs = nowMs
    return [{ type: 'split', epoch, ...next }]
  }

  return {
    add(id, nowMs) {
      readers.add(id)
      sources.add(id, nowMs)
      isFresh = true
    },
    lose(id) {
      lost += readers.leave(id) - sources.leave(id)
      isFresh = true
    },
    begin(nowMs) {
      splitMs = nowMs
    },
    hear(from, { offers, taken }, nowMs) {
      sources.hear(from, offers)
      if (taken !== null) readers.hear(from, taken, nowMs)
    },
    edgeTo: (id) => ({ with: id, offers: readers.offersTo(id), taken: sources.taken(id) }),
    take(from, label, nowMs) {
      const how = sources.take(from, label, nowMs)
      return how && { type: 'absorb', from, isNewSegment: how === 'whole' }
    },
    pullEnded: (from, answered) => sources.ended(from, answered),
    serve(to, version) {
      const next = readers.serve(to, version)
      return { type: 'serve', to, segment: next?.segment ?? null, after: next?.after ?? 0 }
    },
    go(epoch, nowMs) {
      const pulls = sources.ask().map((pull): PushSumEffect => ({ type: 'pull', ...pull }))
      return [...pulls, ...split(epoch, nowMs)]
    },
    hasSplit(weight) {
      lost += readers.endSplit(weight)
      iterations += 1
      splitting = undefined
    },
    retry(nowMs) {
      sources.forgive()
      const weight = readers.writeOff(nowMs)
      lost += weight
      isFresh ||= weight > 0
      return weight > 0
    },
    release: () => readers.release().map((segment) => ({ type: 'release', segment })),
    get leastUntaken() {
      return Math.min(readers.leastUntaken, splitting ?? Infinity)
    },
    get lost() {
      return lost
    },
    get iterations() {
      return iterations
    },
  }
}
