import type { ParcelLabel, PushSumMessage } from './messages.js'
import type { PushSumTiming } from './timing.js'

export interface PushSumConfig {
  readonly self: string
  /** Which merge of the run this is; messages of another are ignored. Also seeds the projections. */
  readonly mergeId: string
  /** Different in each process, so that one that restarts and has lost its mass is not taken for the one before. */
  readonly session: string
  /** With whom this peer exchanges mass, both ways. */
  readonly neighbours: readonly string[]
  /** The peers stop when their estimates differ by less, relative to the model's norm; at least `TOLERANCE_MIN`. */
  readonly tolerance: number
  readonly timing: PushSumTiming
}

export interface PushSumMachine {
  handle(event: PushSumEvent, nowMs: number): PushSumEffect[]
  readonly phase: PushSumPhase
  /** Sorted ids of the members that are expected and not gone; the same array until it changes. */
  readonly members: readonly string[]
}

/** idle → freezing → summing → merged | abandoned */
export type PushSumPhase = 'idle' | 'freezing' | 'summing' | 'merged' | 'abandoned'

export type PushSumEvent =
  /** This peer calls for the merge and names the members it knows, itself among them. */
  | { readonly type: 'call'; readonly members: readonly string[] }
  | { readonly type: 'message'; readonly from: string; readonly message: PushSumMessage }
  /** The driver holds the mass: share times the frozen model, and the share. */
  | { readonly type: 'frozen'; readonly share: number }
  /** A neighbour wants what it has not taken yet. Answered in the effects of this very event. */
  | { readonly type: 'asked'; readonly from: string; readonly version: number }
  /** A running sum has arrived. The driver keeps it until the effects of this event, and drops it if none absorbs it. */
  | { readonly type: 'pulled'; readonly from: string; readonly label: ParcelLabel }
  /** A pull brought nothing: the neighbour had nothing new, or did not answer. */
  | { readonly type: 'pullEnded'; readonly from: string; readonly answered: boolean }
  /** @property weight of the running sum after the split. @property values of the estimate before it: `valuesOf`. */
  | {
      readonly type: 'split'
      readonly version: number
      readonly weight: number
      readonly values: readonly number[]
    }
  | { readonly type: 'projected'; readonly epoch: number; readonly values: readonly number[] }
  /** A member is dead or has left, for good as far as this merge goes. */
  | { readonly type: 'gone'; readonly member: string }
  /** Neighbours that were not there before: the topology has closed a gap. Never takes one away. */
  | { readonly type: 'neighbours'; readonly neighbours: readonly string[] }
  | { readonly type: 'tick' }

/** Effects are carried out in order, also where their outcomes come back later. */
export type PushSumEffect =
  /** Stop changing the model and make the mass of it. Outcome: `frozen`. */
  | { readonly type: 'freeze' }
  /** To every neighbour, also those that are gone: one that is not must learn that it counts as gone. */
  | { readonly type: 'say'; readonly message: PushSumMessage }
  | { readonly type: 'tell'; readonly to: string; readonly message: PushSumMessage }
  /** Ask for the running sum with more than this version. Outcome: `pulled` or `pullEnded`, within the driver's time. */
  | { readonly type: 'pull'; readonly from: string; readonly newerThan: number }
  /**
   * Add what the running sum that has just been pulled has beyond the one held from this neighbour, or all of it when
   * it is of a new segment, and hold it instead. No outcome.
   */
  | { readonly type: 'absorb'; readonly from: string; readonly isNewSegment: boolean }
  /**
   * Split the mass in 1 + readers.length parts, add one to the segment's running sum, which begins at zero with its
   * first version, and serve it with this version and epoch from now on. Outcome: `split`.
   */
  | {
      readonly type: 'split'
      readonly segment: number
      readonly version: number
      readonly epoch: number
      readonly readers: readonly string[]
    }
  /** Answer the one that asked with the newest version of this segment; with nothing when it is null. */
  | { readonly type: 'serve'; readonly to: string; readonly segment: number | null; readonly after: number }
  /** Nobody will ask for this segment again. */
  | { readonly type: 'release'; readonly segment: number }
  /** Nothing will be pulled from this one again. */
  | { readonly type: 'forget'; readonly from: string }
  /** Take the norm and the projections of the estimate as it is now. Outcome: `projected`. */
  | { readonly type: 'project'; readonly epoch: number }
  /** Outcome: `tick`. A new one replaces the old. */
  | { readonly type: 'setTick'; readonly atMs: number }
  /** The estimate as it is now is the result. */
  | ({ readonly type: 'merged' } & PushSumOutcome)
  /** Every peer still has its own model. @property error last measured, null when none ever was. */
  | { readonly type: 'abandoned'; readonly reason: string; readonly error: number | null }

export interface PushSumOutcome {
  /** Estimated distance of this peer's result from the average, relative to the model's norm: see README.md. */
  readonly error: number
  /** Splits of this peer. */
  readonly iterations: number
  /** Sorted ids of the members that took part to the end. */
  readonly members: readonly string[]
  /** Sum of their shares. */
  readonly share: number
  /**
   * The weight that the result averages over. Less than the members' share: the difference went into peers that are
   * gone, or lies on edges given up; at most that much. More: peers that are gone have left mass behind.
   */
  readonly weight: number
}
