import {
  absorb,
  createMass,
  createPushSum,
  estimate,
  split,
  valuesOf,
  type Mass,
  type ParcelLabel,
  type PushSumEffect,
  type PushSumEvent,
  type PushSumMachine,
  type PushSumMessage,
  type PushSumOutcome,
  type RunningSum,
} from '../../../protocols/final-merge/push-sum/index.js'
import { createAgenda } from '../world/agenda.js'
import { createNetwork } from '../world/links.js'
import { createCuts } from '../world/partitions.js'
import type { PushSumming, PushSumScenario } from './push-sum-scenario.js'

type Served = RunningSum & { readonly version: number; readonly epoch: number }

interface Peer {
  readonly name: string
  readonly index: number
  readonly session: string
  readonly machine: PushSumMachine
  readonly neighbours: Set<string>
  isAlive: boolean
  mass?: Mass
  /** By segment: the newest running sum. */
  readonly served: Map<number, Served>
  /** By neighbour: the running sum that was absorbed last. */
  readonly held: Map<string, RunningSum>
  outcome?: PushSumOutcome & { readonly weights: Float32Array }
  abandoned?: { readonly reason: string; readonly error: number | null }
  tick?: { cancel(): void }
}

type Parcel = { readonly label: ParcelLabel; readonly sum: RunningSum }

const MERGE_ID = 'merge-1'
/** Rounded up; only a limited bandwidth makes them matter. */
const MESSAGE_BYTES = 1024
const REQUEST_BYTES = 128

/** Each peer's part is what a node does with the effects; vectors are worked on at once, their outcomes come after. */
export const createPushSumming = (scenario: PushSumScenario): PushSumming => {
  const { names, seed, timing, tolerance, observer } = scenario
  const agenda = createAgenda()
  const network = createNetwork(scenario.links, names.length, seed)
  const cuts = createCuts(scenario.partitions ?? [], names)
  const trace: string[] = []

  const createPeer = (name: string, index: number, session: string): Peer => {
    const neighbours = scenario.neighbours(name)
    const config = { self: name, mergeId: MERGE_ID, session, neighbours, tolerance, timing }
    return {
      ...{ name, index, session, isAlive: true, machine: createPushSum(config) },
      ...{ neighbours: new Set(neighbours), served: new Map(), held: new Map() },
    }
  }
  const peers = new Map(names.map((name, index) => [name, createPeer(name, index, 'first')]))
  const peerOf = (name: string): Peer => peers.get(name)!
  const note = ({ name }: Peer, text: string): void => {
    trace.push(`${agenda.nowMs.toFixed(3)} ${name} ${text}`)
  }

  const send = (from: Peer, to: string, bytes: number, arrive: (to: Peer) => void): void => {
    const { index } = peerOf(to)
    const isCut = cuts.blocked(from.index, index, agenda.nowMs)
    for (const afterMs of network.send(from.index, index, bytes, agenda.nowMs)) {
      if (!isCut) agenda.plan(afterMs, () => arrive(peerOf(to)))
    }
  }

  const handle = (peer: Peer, event: PushSumEvent, pulled?: Parcel): void => {
    if (!peer.isAlive || peerOf(peer.name) !== peer) return
    for (const effect of peer.machine.handle(event, agenda.nowMs)) perform(peer, effect, pulled)
  }
  /** Outcomes come after the effects under way, as they do where the vectors are in another thread. */
  const later = (peer: Peer, event: PushSumEvent): void => agenda.plan(0, () => handle(peer, event))

  const sendMessage = (peer: Peer, to: string, message: PushSumMessage): void =>
    send(peer, to, MESSAGE_BYTES, (other) => handle(other, { type: 'message', from: peer.name, message }))

  const perform = (peer: Peer, effect: PushSumEffect, pulled: Parcel | undefined): void => {
    switch (effect.type) {
      case 'freeze': {
        const share = scenario.shareOf?.(peer.name) ?? 1
        peer.mass = createMass(scenario.modelOf(peer.name), share)
        return later(peer, { type: 'frozen', share })
      }
      case 'say':
        for (const to of peer.neighbours) sendMessage(peer, to, effect.message)
        return
      case 'tell':
        return sendMessage(peer, effect.to, effect.message)
      case 'pull':
        return pull(peer, effect.from, effect.newerThan)
      case 'absorb': {
        const { sum, label } = pulled!
        absorb(peer.mass!, sum, effect.isNewSegment ? undefined : peer.held.get(effect.from))
        peer.held.set(effect.from, sum)
        note(peer, `absorbed ${effect.from} ${label.segment}/${label.version}`)
        return observer?.absorbed?.(peer.name, { from: effect.from, segment: label.segment, sum })
      }
      case 'split':
        return give(peer, effect)
      case 'serve':
        // Carried out where the question arrived.
        return
      case 'release':
        return void peer.served.delete(effect.segment)
      case 'forget':
        return void peer.held.delete(effect.from)
      case 'project':
        return later(peer, {
          ...{ type: 'projected', epoch: effect.epoch, values: valuesOf(peer.mass!, MERGE_ID) },
        })
      case 'setTick':
        peer.tick?.cancel()
        peer.tick = agenda.planWith(effect.atMs - agenda.nowMs, () => handle(peer, { type: 'tick' }))
        return
      case 'merged': {
        peer.tick?.cancel()
        const weights = new Float32Array(peer.mass!.sum.length)
        estimate(peer.mass!, weights)
        const { type: _type, ...outcome } = effect
        peer.outcome = { ...outcome, weights }
        return note(peer, `merged ${outcome.error} after ${outcome.iterations}`)
      }
      case 'abandoned':
        peer.tick?.cancel()
        peer.abandoned = { reason: effect.reason, error: effect.error }
        return note(peer, `abandoned: ${effect.reason}`)
    }
  }

  const give = (
    peer: Peer,
    { segment, version, epoch, readers }: PushSumEffect & { type: 'split' },
  ): void => {
    const values = valuesOf(peer.mass!, MERGE_ID)
    const out = new Float32Array(peer.mass!.sum.length)
    const sum = split(peer.mass!, { readers: readers.length, before: peer.served.get(segment), out })
    peer.served.set(segment, { ...sum, version, epoch })
    note(peer, `gave ${segment}/${version} to ${readers.length}`)
    observer?.gave?.(peer.name, { segment, readers, sum })
    later(peer, { type: 'split', version, weight: sum.weight, values })
  }

  const pull = (peer: Peer, source: string, newerThan: number): void => {
    let isSettled = false
    const settle = (event: PushSumEvent, parcel?: Parcel): void => {
      // A copy of an answer that came twice goes in as well: it must do no harm.
      if (isSettled && event.type === 'pullEnded') return
      isSettled = true
      handle(peer, event, parcel)
    }
    agenda.plan(scenario.pullMs, () => settle({ type: 'pullEnded', from: source, answered: false }))
    send(peer, source, REQUEST_BYTES, (other) => {
      const parcel = answer(other, peer.name, newerThan)
      if (parcel === undefined) return
      const bytes = parcel ? 4 * parcel.sum.sum.length : REQUEST_BYTES
      send(other, peer.name, bytes, () =>
        parcel
          ? settle({ type: 'pulled', from: source, label: parcel.label }, parcel)
          : settle({ type: 'pullEnded', from: source, answered: true }),
      )
    })
  }

  /** Null when there is nothing new; undefined from the dead. */
  const answer = (peer: Peer, from: string, version: number): Parcel | null | undefined => {
    if (!peer.isAlive) return undefined
    const [effect] = peer.machine.handle({ type: 'asked', from, version }, agenda.nowMs)
    const served = effect?.type === 'serve' && effect.segment !== null && peer.served.get(effect.segment)
    if (!served || effect.segment === null) return null
    const { segment, after } = effect
    const { version: newest, epoch, weight } = served
    return { label: { session: peer.session, segment, after, version: newest, epoch, weight }, sum: served }
  }

  const step = (): boolean => agenda.step()
  return {
    ...{ agenda, trace, step },
    call: (caller) => handle(peerOf(caller), { type: 'call', members: names }),
    run() {
      while (step());
    },
    crash(name) {
      const peer = peerOf(name)
      peer.isAlive = false
      peer.tick?.cancel()
      delete peer.mass
      note(peer, 'crashed')
    },
    tell(name, event) {
      if (event.type === 'neighbours') for (const id of event.neighbours) peerOf(name).neighbours.add(id)
      handle(peerOf(name), event)
    },
    restart(name) {
      peers.set(name, createPeer(name, names.indexOf(name), `again at ${agenda.nowMs}`))
      handle(peerOf(name), { type: 'call', members: names })
    },
    machine: (name) => peerOf(name).machine,
    mass: (name) => peerOf(name).mass,
    outcome: (name) => peerOf(name).outcome,
    abandoned: (name) => peerOf(name).abandoned,
  }
}
