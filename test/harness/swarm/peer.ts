import type { GossipLearning } from '../../../protocols/gossip-learning/index.js'
import { memberNames } from '../../../protocols/topology/index.js'
import type { Head } from '../../../protocols/wire/types.js'
import type { Weights } from '../training/contract.js'

/** One simulated peer: the engine that ships, and what a real peer's process would hold around it. */
export interface SimulatedPeer {
  readonly index: number
  readonly id: string
  engine: GossipLearning<Weights>
  alive: boolean
  /** Counts its starts: what was under way for an earlier one is lost. */
  incarnation: number
  /** Local rounds done. */
  round: number
  /** Examples seen. */
  samples: number
  /** Training loss of the last local round that it trained itself; null before. */
  loss: number | null
  finished: boolean
  /** Its model after the last local round; what a process keeps on disk. */
  model: Weights
  /** What it serves. */
  published: { readonly head: Head; readonly weights: Weights } | undefined
  /** Of its last snapshot, whichever incarnation published it. */
  version: number
  deadline: { cancel(): void } | undefined
  /** Virtual time at which the training under way ends, or the last one ended. */
  trainsUntilMs: number
}

/**
 * A peer that has not come yet. One literal, what a message needs first: then that lies in one cache line of the
 * processor, which is what a swarm of thousands spends its time on.
 */
export const newcomer = ({
  index,
  id,
  engine,
  model,
}: Pick<SimulatedPeer, 'index' | 'id' | 'engine' | 'model'>): SimulatedPeer => ({
  engine,
  alive: false,
  index,
  version: 0,
  published: undefined,
  id,
  incarnation: 0,
  round: 0,
  samples: 0,
  loss: null,
  finished: false,
  model,
  deadline: undefined,
  trainsUntilMs: 0,
})

/** `p00`, `p01`, … for a number; given names sorted. */
export const peerNames = (peers: number | readonly string[]): readonly string[] =>
  typeof peers === 'number' ? memberNames(peers) : [...peers].sort()
