import type { Random } from '../../../protocols/random.js'

export interface PartitionRequest {
  /** How many peers share the examples, ≥ 1. */
  readonly parts: number
  /** Labels are below this. */
  readonly classes: number
  /** Decides everything: the same seed gives the same parts. */
  readonly random: Random
}

/**
 * Deals the examples out to peers. Returns one list of example indices per part: disjoint, together everything, each
 * sorted and none empty. Borrows `labels`; the caller owns the lists.
 * Throws DatasetError: TOO_FEW_EXAMPLES when there are more parts than examples, BAD_PARTITION when the specification
 * is impossible for these classes.
 */
export type Partitioner = (labels: Uint8Array, request: PartitionRequest) => number[][]

/** One entry of the registry. */
export interface PartitionKind {
  /** How to write it, for messages: `dirichlet:ALPHA`. */
  readonly usage: string
  /** The partitioner for what follows the colon, or undefined when there is no colon. Throws DatasetError BAD_PARTITION. */
  readonly parse: (argument: string | undefined) => Partitioner
}
