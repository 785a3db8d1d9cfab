import type { MergeMessage } from '../wire/types.js'

/**
 * How the members turn their models into one. A method makes a machine per peer; the machine knows who has what, by
 * digest, and never touches weights: pulling, averaging and storing are effects.
 */
export interface MergeMethod {
  readonly name: string
  create(config: MergeConfig): MergeMachine
}

export interface MergeConfig {
  readonly self: string
  /** Which merge of the run this is; messages of another are ignored. */
  readonly mergeId: string
  readonly timing: MergeTiming
}

export interface MergeTiming {
  /** Milliseconds to wait for the commitments of the members named in the call. */
  readonly commitMs: number
  /** Milliseconds to wait for the pulls of the committed snapshots. */
  readonly pullMs: number
  /** Milliseconds to wait, in each attempt, for the others' holdings and then for their results. */
  readonly agreeMs: number
  /** Milliseconds between repetitions of one's own messages, so that a lost one or a late listener does no harm. */
  readonly repeatMs: number
}

export interface MergeMachine {
  handle(event: MergeEvent, nowMs: number): MergeEffect[]
  readonly phase: MergePhase
}

/** idle → freezing → committing → pulling → gathering → averaging → comparing → merged | abandoned */
export type MergePhase =
  | 'idle'
  | 'freezing'
  | 'committing'
  | 'pulling'
  | 'gathering'
  | 'averaging'
  | 'comparing'
  | 'merged'
  | 'abandoned'

export type MergeEvent =
  /** This peer calls for the merge and names the members it knows, itself among them. */
  | { readonly type: 'call'; readonly members: readonly string[] }
  | { readonly type: 'message'; readonly from: string; readonly message: MergeMessage }
  /** The own model is frozen under this digest. */
  | { readonly type: 'frozen'; readonly digest: string; readonly samples: number }
  /** A committed snapshot arrived and matched its digest. */
  | { readonly type: 'pulled'; readonly from: string }
  | { readonly type: 'pullFailed'; readonly from: string }
  | { readonly type: 'averaged'; readonly digest: string }
  | { readonly type: 'tick' }

export type MergeEffect =
  /** Stop changing the model. Outcome: `frozen`. */
  | { readonly type: 'freeze' }
  | { readonly type: 'broadcast'; readonly message: MergeMessage }
  /** Outcome: `pulled` or `pullFailed`. */
  | { readonly type: 'pull'; readonly from: string; readonly digest: string }
  /** Average the frozen models of this sorted roster, in its order. Outcome: `averaged`. */
  | { readonly type: 'average'; readonly roster: readonly string[] }
  /** Outcome: `tick`. A new one replaces the old. */
  | { readonly type: 'setTick'; readonly atMs: number }
  /** The last average asked for is the result. */
  | ({ readonly type: 'merged' } & MergeOutcome)
  /** No agreement. Every peer still has its own model, and training can go on. */
  | { readonly type: 'abandoned'; readonly reason: string; readonly missing: readonly string[] }

export interface MergeOutcome {
  /** Sorted ids of the members whose models are in the result. */
  readonly roster: readonly string[]
  /** Sorted ids of the members that voted for this very result; oneself only if it did not vote for another before. */
  readonly agreed: readonly string[]
  /** Sorted ids of the members named in the call whose models are not in the result. */
  readonly missing: readonly string[]
  readonly digest: string
}
