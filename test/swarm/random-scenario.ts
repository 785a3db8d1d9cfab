import { averagingRuleNames } from '../../protocols/averaging/index.js'
import { mixingNames } from '../../protocols/gossip-learning/index.js'
import { createRandom, type Random } from '../../protocols/random.js'
import { createTopology, topologyKinds } from '../../protocols/topology/index.js'
import { chance, pick } from './draws.js'
import { randomWorld } from './random-world.js'
import type { SwarmScenario, WorldInput } from './scenario.js'
import { worldSchema } from '../harness/index.js'

/** Peers of a generated swarm. More peers find little that these do not, and cost seeds per second. */
const PEERS_MAX = 24
const ROUNDS_MAX = 12
/** Tries to find a topology that this many peers can have. */
const TRIES = 40

/** Any swarm that the schema allows, within sizes that take milliseconds. Every seed gives one. */
export const randomScenario = (seed: number): SwarmScenario => {
  const random = createRandom('swarm test', seed)
  const peers = 1 + random.below(chance(0.5, random) ? 6 : PEERS_MAX)
  const rounds = 1 + random.below(ROUNDS_MAX)
  const localSteps = pick([1, 1, 2, 5], random)
  const merge = chance(0.4, random)
  const mode = chance(0.6, random) ? 'async' : 'rounds'
  const topology = randomTopology(peers, seed, random)
  const world = randomWorld({ peers, rounds, localSteps, merge }, mode, random)
  return {
    seed,
    peers,
    topology,
    rounds,
    localSteps,
    mode,
    schedule: randomSchedule(random),
    mixing: pick(mixingNames, random),
    catchUp: pick([0, 0.5, 0.75, 1], random),
    rule: pick(averagingRuleNames, random),
    init: pick(['same', 'different'], random),
    dimensions: 1 + random.below(4),
    merge,
    world: merge ? withoutLateRestarts(world, rounds * localSteps) : world,
  }
}

/**
 * A process that starts anew in the middle of a merge has forgotten that it was frozen, and what it voted: the merge
 * promises nothing for it. So with a merge nobody restarts once the fastest can have done all steps.
 */
const withoutLateRestarts = (world: WorldInput, steps: number): WorldInput => {
  const { stepMs, jitter, speed } = worldSchema.parse(world).devices
  const fastest =
    speed === 'alike' ? 1 : 'trace' in speed ? Math.max(...speed.trace) : Math.exp(6 * speed.lognormal)
  const beginsMs = (steps * stepMs * (1 - jitter)) / fastest
  const { events = [], rates } = world.churn ?? {}
  return {
    ...world,
    churn: {
      events: events.filter(({ does, atMs }) => does !== 'restart' || atMs < beginsMs),
      ...(rates ? { rates: { ...rates, awayMs: null } } : {}),
    },
  }
}

const randomTopology = (peers: number, seed: number, random: Random): string => {
  for (let tries = 0; tries < TRIES; tries++) {
    const { name, parameters } = pick(topologyKinds, random)
    const values = parameters.map(({ kind }) =>
      kind === 'count' ? 1 + random.below(6) : pick([0.1, 0.3, 0.5, 0.8], random),
    )
    const spec = [name, ...values].join(':')
    if (isPossible(spec, peers, seed)) return spec
  }
  return 'full'
}

const isPossible = (spec: string, peers: number, seed: number): boolean => {
  try {
    createTopology(spec, seed).check(peers)
    return true
  } catch {
    return false
  }
}

const randomSchedule = (random: Random): string => {
  switch (random.below(6)) {
    case 0:
      return `every:${2 + random.below(3)}`
    case 1:
      return `probability:${pick([0.2, 0.5, 1], random)}`
    case 2:
      return `${pick(['late:0.3', 'late:0.7', 'window:0:0.4', 'window:0.3:0.8'], random)}:${pick([0, 0.4], random)}`
    case 3:
      return chance(0.3, random) ? 'never' : 'every:1'
    default:
      return 'every:1'
  }
}
