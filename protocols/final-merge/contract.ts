import type { Random } from '../random.js'
import type { MergeMessage } from '../wire/types.js'
import type { Certificate } from './certificate.js'
import type { Signatures, Weighting } from './statement.js'

/**
 * How the members turn their models into one. A method makes a machine per peer and period; the machine knows who has
 * what, by digest, and never touches weights: fetching, averaging and storing are effects.
 */
export interface MergeMethod {
  readonly name: string
  create(config: MergeConfig): MergeMachine
}

export interface MergeConfig {
  readonly self: string
  /** Id of the run: in everything that is signed. */
  readonly run: string
  /** Which merge of the run this is, counted from 1; messages of another are ignored. */
  readonly period: number
  /** For so many members named in the call. */
  readonly timing: (members: number) => MergeTiming
  /** Chunks of the model. */
  readonly chunks: number
  /** Bytes of a chunk. */
  readonly chunkBytes: number
  /** Averaging rule by name, and whether it is linear: sketches can check only those that are. */
  readonly rule: { readonly name: string; readonly linear: boolean }
  readonly weighting: Weighting
  /** Who may call. */
  readonly mayCall: (id: string) => boolean
  /**
   * Members that this peer knows of now, itself among them. Calls that name fewer than two thirds of them, and two more
   * for each stranger, are not heard: or a caller could name those only who lie with it.
   * @default whoever may call may name whom it likes
   */
  readonly members?: () => readonly string[]
  /** Others must not be able to guess what it gives. */
  readonly random: Random
  readonly signatures: Signatures
  /**
   * Notes that this peer says `value` under `slot`, before it is said. False when it has said something else there, in
   * an earlier life perhaps: then it must not be said.
   */
  readonly claim: (slot: string, value: string) => boolean
  /** The newest call of this merge that this peer made or took part in, in an earlier life: its own come after that. @default 0 */
  readonly callsBefore?: number
}

export interface MergeTiming {
  /** Milliseconds to wait for the commitments of the members named in the call. */
  readonly commitMs: number
  /**
   * Milliseconds to wait for what moves models: all pulls, or one attempt at the average. In the reduce-scatter a fetch
   * that hangs should fail within about a third of it, so that there is time to ask others.
   */
  readonly pullMs: number
  /** Milliseconds to wait, in each attempt, for the others' words. */
  readonly agreeMs: number
  /**
   * Milliseconds between repetitions of one's own messages, so that a lost one or a late listener does no harm. The
   * reduce-scatter makes two and then every fourth: waiting for words should last longer than that.
   */
  readonly repeatMs: number
  /** Milliseconds between two looks of the reduce-scatter at whoever did not answer. Divides `repeatMs`. @default repeatMs */
  readonly lookMs?: number
}

export interface MergeMachine {
  handle(event: MergeEvent, nowMs: number): MergeEffect[]
  /** Members speak of a merge whose result this peer may yet read, whether it takes part or not. @default never */
  isUnderWay?(nowMs: number): boolean
  readonly phase: MergePhase
  /** Digest of the result that this peer goes by, made or read; undefined before there is one, and for all-to-all. */
  readonly held?: string | undefined
}

/**
 * - `idle`: nothing was called, or this peer is not named in the call and waits for the result
 * - `freezing`, `committing`: the model is being frozen; it is, and the others' commitments are awaited
 * - `pulling`, `gathering`, `averaging`, `comparing`: all-to-all
 * - `agreeing`: on a roster
 * - `exchanging`: reduce-scatter, all-gather, verification
 * - `ready`: holds the average, waits for two thirds to say the same
 * - `voted`: has signed the result, waits for two thirds to do so
 * - `reading`: fetches the result that others agreed on
 */
export type MergePhase =
  | 'idle'
  | 'freezing'
  | 'committing'
  | 'pulling'
  | 'gathering'
  | 'averaging'
  | 'comparing'
  | 'agreeing'
  | 'exchanging'
  | 'ready'
  | 'voted'
  | 'reading'
  | 'merged'
  | 'abandoned'

/** Something of another member's, by digest. */
export type Fetch =
  /** Whether it still serves its frozen model. */
  | { readonly what: 'leaves'; readonly from: string; readonly digest: string }
  /** Chunks of its frozen model. */
  | {
      readonly what: 'pieces'
      readonly from: string
      readonly digest: string
      readonly chunks: readonly number[]
    }
  /** Averaged chunks. */
  | {
      readonly what: 'reduced'
      readonly from: string
      readonly roster: string
      readonly chunks: readonly number[]
    }
  /** Of its frozen model, one number per chunk, and of the owners' pieces that it vouches for. */
  | {
      readonly what: 'sketch'
      readonly from: string
      readonly digest: string
      readonly roster: string
      readonly seed: number
    }
  /** The whole result. */
  | { readonly what: 'result'; readonly from: string; readonly digest: string }

/** How a fetch ended. */
export interface Fetched {
  readonly fetch: Fetch
  /** Chunks that arrived, and were true where that can be told; of a sketch, those whose owner's piece was vouched for. */
  readonly arrived: readonly number[]
  /** `none`: it answered, but does not have it (yet). `false`: what it sent is not what it committed to. */
  readonly problem?: 'unreachable' | 'none' | 'false' | undefined
}

/** What a member did that no honest one does. */
export type MergeFault =
  /** Committed to two models, announced two rosters in one attempt, or voted twice. */
  | 'equivocated'
  /** Served other bytes than it committed to. */
  | 'false-model'
  /** Served a wrong average. */
  | 'wrong-average'
  /** Answered with a sketch that is not of the model that it committed to. */
  | 'false-sketch'
  /** Made two calls for one merge. */
  | 'doubled-call'

export type MergeEvent =
  /** This peer calls for the merge and names the members it knows, itself among them. */
  | { readonly type: 'call'; readonly members: readonly string[] }
  | { readonly type: 'message'; readonly from: string; readonly message: MergeMessage }
  /** The own model is frozen under this digest. */
  | { readonly type: 'frozen'; readonly digest: string; readonly samples: number }
  | { readonly type: 'tick' }
  // All-to-all.
  /** A committed snapshot arrived and matched its digest. */
  | { readonly type: 'pulled'; readonly from: string }
  | { readonly type: 'pullFailed'; readonly from: string }
  | { readonly type: 'averaged'; readonly digest: string }
  // Reduce-scatter.
  | { readonly type: 'fetched'; readonly fetched: Fetched }
  /** Chunks whose average does not fit the sketches of the models in it. */
  | { readonly type: 'checked'; readonly bad: readonly number[] }
  /** An averaged chunk was made again from its pieces, and replaced where it was wrong. */
  | {
      readonly type: 'judged'
      readonly chunk: number
      readonly wrong: boolean
      /** Ids of those whose sketch did not fit their pieces. */
      readonly falseSketches: readonly string[]
    }
  | { readonly type: 'assembled'; readonly digest: string }
  /** A member asks for this averaged chunk, and it is not there. */
  | { readonly type: 'wanted'; readonly chunk: number }

export type MergeEffect =
  /** Stop changing the model. Outcome: `frozen`. */
  | { readonly type: 'freeze' }
  | { readonly type: 'broadcast'; readonly message: MergeMessage }
  /** Outcome: `tick`. A new one replaces the old. */
  | { readonly type: 'setTick'; readonly atMs: number }
  /** The last average asked for, or the result read, is the result. */
  | ({ readonly type: 'merged' } & MergeOutcome)
  /** After `merged`: every member that the call names has voted for the result, so nobody needs this peer any more. */
  | { readonly type: 'settled' }
  /** No agreement. Every peer still has its own model, and training can go on. */
  | {
      readonly type: 'abandoned'
      readonly reason: string
      readonly missing: readonly string[]
      /** Others' calls had a share in it, which ended this one or the one before: it is not to be counted as one try of few. */
      readonly isDisturbed?: true
    }
  /** A member lied. For reports: the merge has drawn its consequence. */
  | { readonly type: 'accused'; readonly id: string; readonly fault: MergeFault }
  // All-to-all.
  /** Outcome: `pulled` or `pullFailed`. */
  | { readonly type: 'pull'; readonly from: string; readonly digest: string }
  /** Average the frozen models of this sorted roster, in its order. Outcome: `averaged`. */
  | { readonly type: 'average'; readonly roster: readonly string[] }
  // Reduce-scatter.
  /** From now on averages are over this roster; what was averaged before is of no use. */
  | { readonly type: 'begin'; readonly roster: MergeRoster; readonly duties: readonly MergeDuty[] }
  /** Outcome: `fetched`. */
  | { readonly type: 'fetch'; readonly fetch: Fetch }
  /** Average one chunk of the roster's models: all pieces are there. No outcome. */
  | { readonly type: 'reduce'; readonly chunk: number }
  /** Compare all averaged chunks with the sketches. Outcome: `checked`. */
  | { readonly type: 'check'; readonly seed: number }
  /** Average one chunk again and compare. Outcome: `judged`. */
  | { readonly type: 'judge'; readonly chunk: number }
  /** Put the result together. Outcome: `assembled`; outcomes come in the order in which they were asked for. */
  | { readonly type: 'assemble' }

/** Who does what about a chunk. */
export interface MergeDuty {
  readonly owner: string
  /** Holds the owner's own piece, to vouch for it. */
  readonly witness: string | undefined
}

/** Whose models are averaged in an attempt. */
export interface MergeRoster {
  readonly digest: string
  /** Sorted by id; shares sum to 1. */
  readonly models: readonly { readonly id: string; readonly digest: string; readonly share: number }[]
}

export interface MergeOutcome {
  readonly mergeId: string
  /** Sorted ids of the members whose models are in the result. */
  readonly roster: readonly string[]
  /** Sorted ids of the members known to have voted for this very result. */
  readonly agreed: readonly string[]
  /** Sorted ids of the members named in the call whose models are not in the result. */
  readonly missing: readonly string[]
  readonly digest: string
  /** Attempts that it took. */
  readonly attempts: number
  /** All-to-all has none. */
  readonly certificate: Certificate | undefined
}
