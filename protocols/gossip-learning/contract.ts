import type { Schedule } from './schedule.js'
import type { Topology } from '../topology/index.js'
import type { DeadlineBounds } from './deadline.js'
import type { GossipEffect, GossipEvent } from './events.js'
import type { Mixing } from './mixing.js'

export interface GossipLearningConfig {
  readonly self: string
  readonly seed: number
  readonly topology: Topology
  readonly schedule: Schedule
  /** `async` never waits for anyone. `rounds` waits for the neighbours' same round, up to an adaptive deadline. */
  readonly mode: 'async' | 'rounds'
  readonly mixing: Mixing
  /** Mode async: how far stale snapshots are brought up to date before they are mixed, 0 to 1. See `caughtUp`. */
  readonly catchUp: number
  /**
   * Mode async: milliseconds that every member lets pass between two heads, times the members there are. Where rounds are
   * shorter, nobody waits for a head to ask for what is new. @default 0: every snapshot is announced
   */
  readonly headMsPerMember?: number
  /** Local rounds of the run. */
  readonly rounds: number
  /** Optimizer steps of one local round. */
  readonly localSteps: number
  /** Version of the first snapshot. A restarted peer must begin above every version it used before. @default 1 */
  readonly firstVersion?: number
  readonly deadlines?: DeadlineBounds
}

/**
 * - `idle`: not started
 * - `joining`: started late, fetching a member's snapshot to begin from
 * - `training`: a `train` effect is out
 * - `collecting`: (mode rounds) trained, waiting for the neighbours' snapshots of this round
 * - `mixing`: a `mix` effect is out
 * - `finished`: all rounds done; in mode async it goes on mixing, without training, until its neighbours are done too
 */
export type Phase = 'idle' | 'joining' | 'training' | 'collecting' | 'mixing' | 'finished'

/** Read-only view of the engine, for reports and invariants. */
export interface GossipLearningState {
  readonly phase: Phase
  readonly round: number
  readonly samples: number
  readonly inboxSize: number
  readonly pullsUnderWay: number
  readonly frozen: boolean
}

export interface GossipLearning<W> {
  /** Never throws for what a peer did; an event that makes no sense in the current phase changes nothing. */
  handle(event: GossipEvent<W>, nowMs: number): GossipEffect<W>[]
  readonly state: GossipLearningState
}
