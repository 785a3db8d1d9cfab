import { averagingRule } from '../../protocols/averaging/index.js'
import { badValue } from '../../protocols/config-error.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import { checkTopology, createTopology, type Topology } from '../../protocols/topology/index.js'
import type { GossipLearning, Mixing } from '../../protocols/gossip-learning/index.js'
import { finish, stalled } from './swarm/finish.js'
import { createMerging, type MergedModel, type Merging } from './swarm/merging.js'
import type { MergeScenario } from './swarm/merge-scenario.js'
import { peerNames, type SimulatedPeer } from './swarm/peer.js'
import { createSwarm, type Swarm, type SwarmObserver } from './swarm/swarm.js'
import type { Training, Weights } from './training/contract.js'
import { createToyTraining } from './training/toy.js'
import { parseWorld, type worldSchema } from './world/schema.js'
import type { z } from 'zod'

export interface Scenario {
  readonly seed: number
  /** Number of peers, named `p00`, `p01`, …, or their names. */
  readonly peers: number | readonly string[]
  readonly topology: string | Topology
  readonly rounds: number
  /** @default 'mean' */
  readonly rule?: string
  /** @default 'async' */
  readonly mode?: 'async' | 'rounds'
  /** @default 'every:1' */
  readonly schedule?: string
  /** @default 'metropolis-hastings' */
  readonly mixing?: Mixing
  /** @default 0.75 */
  readonly catchUp?: number
  /** @default 'float32' */
  readonly codec?: string
  /** @default 1 */
  readonly localSteps?: number
  /** @default the toy in 4 dimensions */
  readonly training?: Training
  /** Links, partitions, devices, churn, timeouts; what is left out takes its default. */
  readonly world?: z.input<typeof worldSchema>
  /** Begin the final merge once everyone who is there has finished. @default false */
  readonly merge?: boolean | MergeScenario
  readonly observer?: SwarmObserver
}

export interface Simulation {
  /** Does everything that is planned. @throws SimulationError STALLED when that takes more than `eventsMax` events. */
  run(eventsMax?: number): void
  /** The same for a training that works in threads; lets go of this thread now and then. Rejects likewise. */
  finish(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** Does one event; false at the end. For checking invariants in between. */
  step(): boolean
  readonly nowMs: number
  readonly peers: readonly string[]
  readonly swarm: Swarm
  readonly training: Training
  peer(id: string): SimulatedPeer
  model(id: string): Float32Array
  engine(id: string): GossipLearning<Weights>
  merged(id: string): MergedModel | undefined
  abandoned(id: string): string | undefined
  /** The merge itself, when there is one. */
  readonly merging: Merging | undefined
  /** One line per thing that happened. */
  readonly trace: readonly string[]
}

const EVENTS_MAX = 2_000_000
/**
 * Runs N engines, the same that ship, in one process and in virtual time. Keeps the trace: for tests and small swarms.
 * @throws ConfigError, TopologyError, AveragingError for a scenario that makes no sense; nothing was started.
 */
export const simulate = (scenario: Scenario): Simulation => {
  const { seed, rounds, rule = 'mean', localSteps = 1, observer } = scenario
  checkNumbers(scenario)
  averagingRule(rule)
  const names = peerNames(scenario.peers)
  const training = scenario.training ?? createToyTraining({ peers: names.length, dimensions: 4, seed })
  const topology =
    typeof scenario.topology === 'string' ? createTopology(scenario.topology, seed) : scenario.topology
  if (typeof scenario.topology === 'string') checkTopology(topology, names)
  const world = parseWorld(scenario.world)
  const trace: string[] = []
  const noted = (id: string, text: string): void => {
    trace.push(`${swarm.agenda.nowMs.toFixed(3)} ${id} ${text}`)
    observer?.noted?.(id, text)
  }
  const swarm: Swarm = createSwarm({
    ...{ seed, names, topology, training, world, rounds, localSteps, rule },
    mixing: scenario.mixing ?? 'metropolis-hastings',
    catchUp: scenario.catchUp ?? 0.75,
    schedule: scenario.schedule ?? 'every:1',
    mode: scenario.mode ?? 'async',
    codec: scenario.codec,
    observer: {
      ...observer,
      noted,
      handled(peer, event, effects) {
        observer?.handled?.(peer, event, effects)
        if (!merging) return
        for (const effect of effects) if (effect.type === 'frozen') freeze(peer, effect)
      },
      finished(peer) {
        observer?.finished?.(peer)
        merging?.callWhenAllHaveFinished()
      },
      restarted(peer) {
        observer?.restarted?.(peer)
        merging?.restarted(peer)
      },
      membersChanged() {
        observer?.membersChanged?.()
        merging?.callWhenAllHaveFinished()
      },
    },
  })
  const merging = scenario.merge
    ? createMerging({
        ...{ swarm, training, seed, pullMs: world.timeouts.pullMs },
        scenario: scenario.merge === true ? {} : scenario.merge,
        note: (peer, text) => noted(peer.id, text),
      })
    : undefined

  /** Once the weights are there. */
  const freeze = (peer: SimulatedPeer, { weights, samples }: { weights: Weights; samples: number }): void => {
    if (!(weights instanceof Promise)) {
      swarm.agenda.plan(0, () => merging!.frozen(peer, { weights, samples }))
      return
    }
    let there: Float32Array
    const ready = weights.then((value) => void (there = value))
    swarm.agenda.planWith(0, () => merging!.frozen(peer, { weights: there, samples }), ready)
  }

  const step = (): boolean => (scenario.merge || !swarm.isOver) && swarm.agenda.step()
  const peer = (id: string): SimulatedPeer => swarm.peers[swarm.indexOf(id)]!
  return {
    run(eventsMax = EVENTS_MAX) {
      for (let events = 0; step(); events++) if (events >= eventsMax) throw stalled(seed, eventsMax)
    },
    finish: (options) => finish({ ...options, swarm, step, seed }),
    step,
    get nowMs() {
      return swarm.agenda.nowMs
    },
    ...{ peers: names, swarm, training, peer, trace, merging },
    model: (id) => peer(id).model as Float32Array,
    engine: (id) => peer(id).engine,
    merged: (id) => merging?.outcomeOf(peer(id)),
    abandoned: (id) => merging?.abandonedBy(peer(id)),
  }
}

/** What the numbers must be, as in a run of real peers. */
const checkNumbers = (scenario: Scenario): void => {
  const { peers, seed, rounds, localSteps, mode, mixing, catchUp, schedule } = scenario
  const count = typeof peers === 'number' ? peers : peers.length
  if (!Number.isSafeInteger(count) || count < 1) throw badValue('peers', `${count} is not a number of peers`)
  if (typeof peers !== 'number' && new Set(peers).size < count)
    throw badValue('peers', 'two have the same name')
  parseRunConfiguration({ seed, rounds, localSteps, mode, mixing, catchUp, schedule })
}
