import type { MergeEffect } from '../contract.js'
import type { Elected } from './ballot.js'

/** Read a result that this peer has not made: what others hold, or have voted for. */
export interface ReadStep {
  readonly type: 'read'
  readonly digest: string
  readonly holders: readonly string[]
  /** Once two thirds have voted for it. */
  readonly elected?: Elected
}

/** What a part of the machine asks for: effects, or what the machine itself has to do. */
export type Step = MergeEffect | ReadStep
