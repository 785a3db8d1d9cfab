import { createHash } from 'node:crypto'
import { average, averagingRule, caughtUp } from '../../protocols/averaging/index.js'
import {
  allToAll,
  type MergeEffect,
  type MergeMachine,
  type MergeOutcome,
} from '../../protocols/final-merge/index.js'
import {
  createGossipLearning,
  createSchedule,
  type GossipEffect,
  type GossipLearning,
  type Mixing,
} from '../../protocols/gossip-learning/index.js'
import { createRandom } from '../../protocols/random.js'
import { createTopology } from '../../protocols/topology/index.js'
import type { Head } from '../../protocols/wire/types.js'
import { createAgenda } from './agenda.js'
import { delayOf, type LinkModel } from './links.js'
import { createToyProblem, type Problem } from './toy-trainer.js'

export interface Scenario {
  readonly seed: number
  /** Number of peers, named `p00`, `p01`, …, or their names. */
  readonly peers: number | readonly string[]
  readonly topology: string
  readonly rounds: number
  readonly rule?: string
  readonly mode?: 'async' | 'rounds'
  readonly schedule?: string
  readonly mixing?: Mixing
  readonly catchUp?: number
  readonly localSteps?: number
  /** @default least squares in 4 dimensions, learning rate 0.1 */
  readonly problem?: Problem
  readonly link?: LinkModel
  /** Virtual milliseconds of one optimizer step. */
  readonly stepMs?: (peer: string) => number
  /** Milliseconds until a pull that gets no answer is given up. */
  readonly pullTimeoutMs?: number
  /** Milliseconds of silence after which the others drop a member. */
  readonly memberTimeoutMs?: number
  /** What happens when, in virtual milliseconds. */
  readonly faults?: readonly Fault[]
  /** Begin the final merge once everyone that is alive has finished. @default false */
  readonly merge?: boolean
}

export type Fault =
  /** Gone without a word: neither sends nor receives any more. */
  | { readonly atMs: number; readonly kill: string }
  | { readonly atMs: number; readonly leave: string }
  /** Starts late and catches up from a member. */
  | { readonly atMs: number; readonly join: string }

export interface Simulation {
  /** Does everything that is planned. @throws Error with the seed when that takes more than `eventsMax` events. */
  run(eventsMax?: number): void
  /** Does one event; false at the end. For checking invariants in between. */
  step(): boolean
  readonly nowMs: number
  readonly peers: readonly string[]
  readonly problem: Problem
  model(peer: string): Float32Array
  engine(peer: string): GossipLearning<Float32Array>
  merged(peer: string): (MergeOutcome & { readonly weights: Float32Array }) | undefined
  abandoned(peer: string): string | undefined
  /** One line per thing that happened. */
  readonly trace: readonly string[]
}

interface Peer {
  readonly id: string
  readonly engine: GossipLearning<Float32Array>
  readonly merge: MergeMachine
  alive: boolean
  model: Float32Array
  published?: { readonly head: Head; readonly weights: Float32Array }
  frozen?: { readonly digest: string; readonly weights: Float32Array }
  /** Frozen models of the members, by sender. */
  readonly collected: Map<string, Float32Array>
  averaged?: Float32Array
  outcome?: MergeOutcome & { readonly weights: Float32Array }
  abandoned?: string
  cancelDeadline?: () => void
  cancelTick?: () => void
}

const EVENTS_MAX = 2_000_000
const TIMING = { commitMs: 2_000, pullMs: 5_000, agreeMs: 2_000, repeatMs: 200 }

/** Runs N engines, the same that ship, in one process and in virtual time, over a network with delays and loss. */
export const simulate = (scenario: Scenario): Simulation => {
  const {
    seed,
    rounds,
    rule = 'mean',
    localSteps = 1,
    link = { latencyMs: [1, 5], loss: 0 },
    stepMs = () => 10,
    pullTimeoutMs = 1_000,
    memberTimeoutMs = 2_000,
    faults = [],
  } = scenario
  const names = peerNames(scenario.peers)
  const problem =
    scenario.problem ?? createToyProblem({ peers: names, dimensions: 4, learningRate: 0.1, seed })
  const topology = createTopology(scenario.topology, seed)
  const agenda = createAgenda()
  const random = createRandom(seed, 'links')
  const trace: string[] = []
  const latecomers = new Set(faults.flatMap((fault) => ('join' in fault ? [fault.join] : [])))
  let members: readonly string[] = names.filter((name) => !latecomers.has(name))

  const createPeer = (id: string): Peer => ({
    id,
    alive: !latecomers.has(id),
    engine: createGossipLearning({
      self: id,
      seed,
      topology,
      schedule: createSchedule(scenario.schedule ?? 'every:1', { rounds }),
      mode: scenario.mode ?? 'async',
      mixing: scenario.mixing ?? 'metropolis-hastings',
      catchUp: scenario.catchUp ?? 0.75,
      rounds,
      localSteps,
    }),
    merge: allToAll.create({ self: id, mergeId: 'merge-1', timing: TIMING }),
    model: problem.initial(id),
    collected: new Map(),
  })
  const peers = new Map(names.map((name) => [name, createPeer(name)]))
  const peerOf = (id: string): Peer => peers.get(id)!
  const note = (id: string, text: string): void => void trace.push(`${agenda.nowMs.toFixed(3)} ${id} ${text}`)

  /** Plans what a message does on arrival; lost messages and messages to the dead do nothing. */
  const send = (from: Peer, to: Peer, arrive: () => void): void => {
    const delayMs = delayOf(link, random)
    if (delayMs === undefined || !from.alive) return
    agenda.plan(delayMs, () => {
      if (to.alive) arrive()
    })
  }

  const handle = (peer: Peer, event: Parameters<Peer['engine']['handle']>[0]): void => {
    if (!peer.alive) return
    for (const effect of peer.engine.handle(event, agenda.nowMs)) perform(peer, effect)
  }

  const perform = (peer: Peer, effect: GossipEffect<Float32Array>): void => {
    switch (effect.type) {
      case 'train':
        agenda.plan(effect.steps * stepMs(peer.id), () =>
          handle(peer, { type: 'trained', ...problem.train(peer.id, effect.weights, effect.steps) }),
        )
        return
      case 'mix': {
        const out = new Float32Array(problem.layout.length)
        const contributions = caughtUp(problem.layout, effect.shares, effect.catchUp)
        average({ rule: averagingRule(rule), layout: problem.layout, contributions, out })
        return handle(peer, { type: 'mixed', weights: out })
      }
      case 'publish': {
        const head = { ...effect.head, digest: digestOf(effect.weights), accuracy: null }
        peer.published = { head, weights: effect.weights }
        for (const id of members) {
          if (id !== peer.id)
            send(peer, peerOf(id), () => handle(peerOf(id), { type: 'head', from: peer.id, head }))
        }
        return
      }
      case 'pull':
        return pull(peer, peerOf(effect.from), effect.newerThan)
      case 'setDeadline':
        peer.cancelDeadline?.()
        peer.cancelDeadline = agenda.plan(effect.atMs - agenda.nowMs, () =>
          handle(peer, { type: 'deadline' }),
        )
        return
      case 'clearDeadline':
        return peer.cancelDeadline?.()
      case 'roundEnded':
        peer.model = effect.weights
        return note(
          peer.id,
          `round ${effect.round} loss ${effect.loss.toFixed(6)} mixed ${effect.mixedFrom.join(',')}`,
        )
      case 'finished':
        note(peer.id, `finished ${effect.round}`)
        return callWhenAllAreDone()
      case 'frozen': {
        const digest = digestOf(effect.weights)
        peer.frozen = { digest, weights: effect.weights }
        peer.collected.set(peer.id, effect.weights)
        return handleMerge(peer, { type: 'frozen', digest, samples: effect.samples })
      }
    }
  }

  const pull = (peer: Peer, source: Peer, newerThan: number): void => {
    let settled = false
    const settle = (event: Parameters<Peer['engine']['handle']>[0]): void => {
      if (settled) return
      settled = true
      cancel()
      handle(peer, event)
    }
    const cancel = agenda.plan(pullTimeoutMs, () => settle({ type: 'pullEnded', from: source.id }))
    send(peer, source, () => {
      const snapshot = source.published
      send(source, peer, () =>
        settle(
          snapshot && snapshot.head.version > newerThan
            ? { type: 'pulled', from: source.id, ...snapshot }
            : { type: 'pullEnded', from: source.id },
        ),
      )
    })
  }

  // The final merge

  const callWhenAllAreDone = (): void => {
    if (!scenario.merge) return
    const alive = members.map(peerOf).filter(({ alive }) => alive)
    if (!alive.every(({ engine }) => engine.state.phase === 'finished')) return
    handleMerge(alive[0]!, { type: 'call', members })
  }

  const handleMerge = (peer: Peer, event: Parameters<MergeMachine['handle']>[0]): void => {
    if (!peer.alive) return
    for (const effect of peer.merge.handle(event, agenda.nowMs)) performMerge(peer, effect)
  }

  const performMerge = (peer: Peer, effect: MergeEffect): void => {
    switch (effect.type) {
      case 'freeze':
        return handle(peer, { type: 'freeze' })
      case 'broadcast':
        for (const other of peers.values()) {
          if (other === peer) continue
          send(peer, other, () =>
            handleMerge(other, { type: 'message', from: peer.id, message: effect.message }),
          )
        }
        return
      case 'pull':
        return pullFrozen(peer, peerOf(effect.from), effect.digest)
      case 'average': {
        const weight = 1 / effect.roster.length
        const contributions = effect.roster.map((from) => ({
          from,
          weights: peer.collected.get(from)!,
          weight,
        }))
        peer.averaged = new Float32Array(problem.layout.length)
        average({ rule: averagingRule('mean'), layout: problem.layout, contributions, out: peer.averaged })
        return handleMerge(peer, { type: 'averaged', digest: digestOf(peer.averaged) })
      }
      case 'setTick':
        peer.cancelTick?.()
        peer.cancelTick = agenda.plan(effect.atMs - agenda.nowMs, () => handleMerge(peer, { type: 'tick' }))
        return
      case 'merged': {
        const { type: _type, ...outcome } = effect
        peer.outcome = { ...outcome, weights: peer.averaged! }
        return note(peer.id, `merged ${outcome.roster.join(',')} ${outcome.digest.slice(0, 8)}`)
      }
      case 'abandoned':
        peer.abandoned = effect.reason
        note(peer.id, `abandoned: ${effect.reason}`)
        return handle(peer, { type: 'resume' })
    }
  }

  const pullFrozen = (peer: Peer, source: Peer, digest: string): void => {
    let settled = false
    const settle = (weights: Float32Array | undefined): void => {
      if (settled) return
      settled = true
      cancel()
      if (weights) peer.collected.set(source.id, weights)
      handleMerge(peer, { type: weights ? 'pulled' : 'pullFailed', from: source.id })
    }
    const cancel = agenda.plan(pullTimeoutMs, () => settle(undefined))
    send(peer, source, () => {
      const weights = source.frozen?.digest === digest ? source.frozen.weights : undefined
      send(source, peer, () => settle(weights))
    })
  }

  // Faults

  const setMembers = (next: readonly string[]): void => {
    members = next
    for (const peer of peers.values()) handle(peer, { type: 'members', members })
  }

  const strike = (fault: Fault): void => {
    if ('join' in fault) {
      const peer = peerOf(fault.join)
      peer.alive = true
      note(peer.id, 'joins')
      setMembers([...members, peer.id].sort())
      // It has heard the others' heads before it starts.
      for (const id of members) {
        const published = peerOf(id).published
        if (published) handle(peer, { type: 'head', from: id, head: published.head })
      }
      return handle(peer, { type: 'start', weights: problem.initial(peer.id), late: true })
    }
    const peer = peerOf('kill' in fault ? fault.kill : fault.leave)
    peer.alive = false
    note(peer.id, 'kill' in fault ? 'dies' : 'leaves')
    const drop = (): void => {
      setMembers(members.filter((id) => id !== peer.id))
      callWhenAllAreDone()
    }
    if ('leave' in fault) drop()
    else agenda.plan(memberTimeoutMs, drop)
  }

  for (const fault of faults) agenda.plan(fault.atMs, () => strike(fault))
  agenda.plan(0, () => {
    for (const id of members) handle(peerOf(id), { type: 'members', members })
    for (const id of members) handle(peerOf(id), { type: 'start', weights: problem.initial(id), late: false })
  })

  return {
    run(eventsMax = EVENTS_MAX) {
      for (let events = 0; agenda.step(); events++) {
        if (events >= eventsMax) throw new Error(`seed ${seed}: still not over after ${eventsMax} events`)
      }
    },
    step: () => agenda.step(),
    get nowMs() {
      return agenda.nowMs
    },
    peers: names,
    problem,
    model: (id) => peerOf(id).model,
    engine: (id) => peerOf(id).engine,
    merged: (id) => peerOf(id).outcome,
    abandoned: (id) => peerOf(id).abandoned,
    trace,
  }
}

/** `p00`, `p01`, … for a number; sorted names otherwise. */
export const peerNames = (peers: number | readonly string[]): readonly string[] =>
  typeof peers === 'number'
    ? Array.from({ length: peers }, (_, i) => `p${String(i).padStart(2, '0')}`)
    : [...peers].sort()

const digestOf = (weights: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength))
    .digest('hex')
