import {
  createGossipLearning,
  createSchedule,
  type GossipEffect,
  type GossipEvent,
  type GossipLearning,
  type Mixing,
} from '../../../protocols/gossip-learning/index.js'
import type { Topology } from '../../../protocols/topology/index.js'
import type { Trained, Training, Weights } from '../training/contract.js'
import { createAgenda, type Agenda } from '../world/agenda.js'
import { createComings } from '../world/churn.js'
import { createPace } from '../world/devices.js'
import { createNetwork } from '../world/links.js'
import { createCuts } from '../world/partitions.js'
import type { World } from '../world/schema.js'
import { createAnnouncing } from './announcing.js'
import { createAttendance } from './attendance.js'
import { PLAIN_CODEC } from '../../../protocols/codecs/index.js'
import { createCoding } from './coding.js'
import { newcomer, type SimulatedPeer } from './peer.js'
import { createReaders } from './readers.js'
import { createTransport, ENVELOPE_BYTES, type Send } from './transport.js'
import { createViews } from './views.js'

export interface SwarmOptions {
  readonly seed: number
  /** Sorted. */
  readonly names: readonly string[]
  readonly topology: Topology
  readonly training: Training
  readonly world: World
  readonly rounds: number
  readonly localSteps: number
  readonly rule: string
  readonly mixing: Mixing
  readonly catchUp: number
  readonly schedule: string
  readonly mode: 'async' | 'rounds'
  /** How snapshots are encoded. @default 'float32' */
  readonly codec?: string | undefined
  readonly observer?: SwarmObserver | undefined
}

/** Looks on; must change nothing. */
export interface SwarmObserver {
  /** An engine has answered an event; its effects have not been carried out yet. */
  handled?(peer: SimulatedPeer, event: GossipEvent<Weights>, effects: readonly GossipEffect<Weights>[]): void
  roundEnded?(peer: SimulatedPeer): void
  /** Something worth a line in a transcript. */
  noted?(id: string, text: string): void
  finished?(peer: SimulatedPeer): void
  /** A fresh process takes the place of one that is gone; it has not begun yet. */
  restarted?(peer: SimulatedPeer): void
  /** The members that someone sees have changed. */
  membersChanged?(): void
}

export interface Swarm {
  readonly agenda: Agenda
  readonly peers: readonly SimulatedPeer[]
  /** Gives an event to a peer's engine and carries out what it asks for. The dead do nothing. */
  handle(peer: SimulatedPeer, event: GossipEvent<Weights>): void
  readonly send: Send
  /** Bytes that a peer has sent since the beginning. */
  bytesSentBy(index: number): number
  /** The members as a peer sees them. */
  viewOf(peer: SimulatedPeer): readonly string[]
  indexOf(id: string): number
  /** Nobody goes by the scenario's rates any more; what it schedules still happens. */
  endChurn(): void
  /** Everyone who is there has done all rounds, and nothing more is scheduled. */
  readonly isOver: boolean
  /** Mean rounds done by the peers that are there. */
  readonly meanRound: number
  /** Peers that are there. */
  readonly alive: number
}

const BYTES_PER_WEIGHT = 4

/** N engines, the same that ship, in one process and in virtual time, over the world's links, devices and churn. */
export const createSwarm = (options: SwarmOptions): Swarm => {
  const { seed, names, topology, training, world, observer } = options
  const { memberMs, pullMs, headMsPerMember } = world.timeouts
  const agenda = createAgenda()
  const pace = createPace(world.devices, names.length, seed)
  const cuts = createCuts(world.partitions, names)
  const comings = createComings(world.churn, names, seed)
  const readers = createReaders(topology, names)
  const indices = new Map(names.map((name, index) => [name, index]))
  const present = [...names.keys()].filter((index) => !comings.latecomers.has(index))
  const views = createViews({ names, present, cuts, memberMs })
  const peers = names.map((id, index) =>
    newcomer({ index, id, engine: engineOf(options, id, 1), model: training.initial(index) }),
  )

  const viewOf = ({ index }: SimulatedPeer): readonly string[] => views.of(index, agenda.nowMs)
  const isCut = (from: number, to: number): boolean => cuts.blocked(from, to, agenda.nowMs)
  const note = (peer: SimulatedPeer, text: string): void => observer?.noted?.(peer.id, text)

  const handle = (peer: SimulatedPeer, event: GossipEvent<Weights>): void => {
    if (!peer.alive) return
    const effects = peer.engine.handle(event, agenda.nowMs)
    observer?.handled?.(peer, event, effects)
    for (let i = 0; i < effects.length; i++) perform(peer, effects[i]!)
  }

  const { codec = PLAIN_CODEC } = options
  const coding = codec === PLAIN_CODEC ? undefined : createCoding(codec, training.layout.length)
  const transport = createTransport({
    ...{ agenda, peers, pullMs, isCut, coding, deliver: handle },
    network: createNetwork(world.links, names.length, seed),
    snapshotBytes: training.layout.length * BYTES_PER_WEIGHT + ENVELOPE_BYTES,
  })

  const announceNow = (peer: SimulatedPeer): void => transport.announce(peer, readers.of(peer.index))
  // In lock step everyone waits for every head.
  const isPaced = options.mode === 'async' && headMsPerMember !== undefined
  const announce = isPaced
    ? createAnnouncing({
        ...{ agenda, msPerMember: headMsPerMember, announce: announceNow },
        membersOf: (peer) => viewOf(peer).length,
      })
    : announceNow

  const perform = (peer: SimulatedPeer, effect: GossipEffect<Weights>): void => {
    switch (effect.type) {
      case 'train':
        // A latecomer has taken over another's model and round.
        attendance.reached(peer, peer.engine.state.round)
        peer.model = effect.weights
        return train(peer, effect.weights, effect.steps)
      case 'mix': {
        const { shares: contributions, catchUp } = coding?.mixOf(peer, effect) ?? effect
        const weights = training.mix(peer.index, { rule: options.rule, contributions, catchUp })
        return handle(peer, { type: 'mixed', weights })
      }
      case 'publish': {
        // Digests stand for bytes on a wire; in one process a name is enough.
        const head = { ...effect.head, digest: `${peer.id}/${effect.head.version}`, accuracy: null }
        peer.published = { head, weights: effect.weights }
        peer.version = head.version
        // After the last round, or when it came late to a run that has ended, this is what it holds.
        if (head.finished) peer.model = effect.weights
        return announce(peer)
      }
      case 'pull':
        return transport.pull(peer.index, indices.get(effect.from)!, effect.newerThan)
      case 'setDeadline':
        return setDeadline(peer, effect.atMs)
      case 'clearDeadline':
        return peer.deadline?.cancel()
      case 'roundEnded':
        attendance.reached(peer, effect.round)
        peer.loss = effect.loss
        peer.model = effect.weights
        if (observer?.noted) {
          const from = effect.mixedFrom.join(',')
          note(peer, `round ${effect.round} loss ${effect.loss.toFixed(6)} mixed ${from}`)
        }
        return observer?.roundEnded?.(peer)
      case 'finished':
        attendance.reached(peer, effect.round)
        attendance.finished(peer)
        note(peer, `finished ${effect.round}`)
        return observer?.finished?.(peer)
      case 'frozen':
        return
    }
  }

  const setDeadline = (peer: SimulatedPeer, atMs: number): void => {
    peer.deadline?.cancel()
    const { incarnation } = peer
    peer.deadline = agenda.planWith(atMs - agenda.nowMs, () => {
      if (peer.incarnation === incarnation) handle(peer, { type: 'deadline' })
    })
  }

  const train = (peer: SimulatedPeer, weights: Weights, steps: number): void => {
    const { incarnation } = peer
    const afterMs = pace.roundMs(peer.index, steps)
    peer.trainsUntilMs = agenda.nowMs + afterMs
    const isThere = (): boolean => peer.incarnation === incarnation && peer.alive
    const end = (trained: Trained): void => {
      if (!isThere()) return
      peer.samples += trained.samples
      // It comes to choose the neighbours of its next round, and has heard of these by now.
      hear(peer, readers.chooses(peer.index, viewOf(peer), peer.round + 1))
      const { weights: now, loss, samples } = trained
      handle(peer, { type: 'trained', weights: now, loss, samples })
    }
    const outcome = training.train(peer.index, weights, steps)
    if (!(outcome instanceof Promise)) return agenda.plan(afterMs, () => end(outcome))
    // One that has crashed meanwhile is no longer there to fail.
    let settled: { trained: Trained } | { reason: unknown }
    const ready = outcome.then(
      (trained) => void (settled = { trained }),
      (reason: unknown) => void (settled = { reason }),
    )
    agenda.planWith(
      afterMs,
      () => {
        if ('trained' in settled) return end(settled.trained)
        if (isThere()) throw settled.reason
      },
      ready,
    )
  }

  /** What a peer has heard from those that it did not have among its neighbours before. */
  const hear = (reader: SimulatedPeer, publishers: readonly number[]): void => {
    for (const index of publishers) {
      const publisher = peers[index]!
      if (!publisher.alive || !publisher.published || isCut(index, reader.index)) continue
      handle(reader, { type: 'head', from: publisher.id, head: publisher.published.head })
    }
  }

  const membersChanged = (): void => {
    for (const peer of peers) {
      if (!peer.alive) continue
      const members = viewOf(peer)
      handle(peer, { type: 'members', members })
      hear(peer, readers.chooses(peer.index, members, peer.round))
    }
    observer?.membersChanged?.()
  }

  const restart = (peer: SimulatedPeer, state: 'kept' | 'lost'): void => {
    peer.incarnation += 1
    peer.deadline?.cancel()
    peer.engine = engineOf(options, peer.id, peer.version + 1)
    peer.published = undefined
    peer.loss = null
    training.reset(peer.index)
    readers.forgets(peer.index)
    coding?.forgets(peer.index)
    if (state === 'lost') Object.assign(peer, { model: training.initial(peer.index), round: 0, samples: 0 })
    observer?.restarted?.(peer)
  }

  const begin = (peer: SimulatedPeer, late: boolean): void => {
    const { round, samples, model: weights } = peer
    handle(peer, { type: 'start', weights, late, ...(round > 0 ? { done: { round, samples } } : {}) })
  }

  const hooks = { note, attends: transport.attends, membersChanged, restart, begin }
  const attendance = createAttendance({ agenda, comings, peers, views, memberMs, hooks })
  for (const atMs of cuts.changesMs(memberMs)) agenda.plan(atMs, membersChanged)
  agenda.plan(0, () => {
    const first = attendance.open()
    membersChanged()
    for (const peer of first) begin(peer, false)
  })

  return {
    ...{ agenda, peers, handle, send: transport.send, bytesSentBy: transport.bytesSentBy, viewOf },
    indexOf: (id) => indices.get(id)!,
    endChurn: () => attendance.endChurn(),
    get isOver() {
      return attendance.unfinished === 0 && attendance.scheduledLeft === 0 && attendance.alive > 0
    },
    get meanRound() {
      return attendance.alive === 0 ? 0 : attendance.roundSum / attendance.alive
    },
    get alive() {
      return attendance.alive
    },
  }
}

const engineOf = (options: SwarmOptions, self: string, firstVersion: number): GossipLearning<Weights> => {
  const { seed, topology, rounds, localSteps, mode, mixing, catchUp } = options
  const { headMsPerMember } = options.world.timeouts
  const schedule = createSchedule(options.schedule, { rounds })
  return createGossipLearning<Weights>({
    ...{ self, seed, topology, schedule, mode, mixing, catchUp, rounds, localSteps, firstVersion },
    ...(headMsPerMember === undefined ? {} : { headMsPerMember }),
  })
}
