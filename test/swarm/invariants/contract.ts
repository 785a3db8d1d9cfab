import type { MergeOutcome } from '../../../protocols/final-merge/index.js'
import type { GossipEffect, GossipEvent } from '../../../protocols/gossip-learning/index.js'
import { SimulationError, type SimulatedPeer, type Weights, type World } from '../../harness/index.js'
import type { Topology } from '../../../protocols/topology/index.js'
import type { SwarmScenario } from '../scenario.js'

export type Event = GossipEvent<Weights>
export type Effect = GossipEffect<Weights>

/** What an invariant sees of a simulation. */
export interface Watched {
  readonly scenario: SwarmScenario
  /** With all defaults. */
  readonly world: World
  readonly topology: Topology
  readonly peers: readonly Pick<
    SimulatedPeer,
    'index' | 'id' | 'engine' | 'alive' | 'incarnation' | 'finished' | 'published'
  >[]
  readonly nowMs: number
  /** Actions that are planned. */
  readonly planned: number
  viewOf(peer: Peer): readonly string[]
  merged(id: string): Pick<MergeOutcome, 'digest' | 'roster' | 'missing'> | undefined
  abandoned(id: string): string | undefined
}

export type Peer = Watched['peers'][number]

/** Something that holds at every moment of every run. A new one is one file and one line in `index.ts`. */
export interface Invariant {
  readonly name: string
  /** Begins to watch one simulation, before its first event. */
  watch(watched: Watched): Watch
}

/** Each throws SimulationError INVARIANT at the moment of a violation. */
export interface Watch {
  /** An engine has answered; its effects have not been carried out. A peer of a new incarnation says so by its number. */
  handled?(peer: Peer, event: Event, effects: readonly Effect[]): void
  /** Everything that one planned action brings with it is done. */
  stepped?(): void
  /** Nothing more is planned, or everyone has done all rounds. */
  ended?(): void
}

/** A watch of one peer's present process: `begin` makes its memory anew with each start. */
export const perIncarnation = <Memory>(begin: (peer: Peer) => Memory): ((peer: Peer) => Memory) => {
  const memories = new Map<string, { readonly incarnation: number; readonly memory: Memory }>()
  return (peer) => {
    const known = memories.get(peer.id)
    if (known?.incarnation === peer.incarnation) return known.memory
    const memory = begin(peer)
    memories.set(peer.id, { incarnation: peer.incarnation, memory })
    return memory
  }
}

export const violated = (invariant: string, peer: string, what: string): SimulationError =>
  new SimulationError('INVARIANT', `${invariant}: ${peer} ${what}`, { invariant, peer })
