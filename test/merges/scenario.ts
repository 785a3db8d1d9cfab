import { createRandom, type Random } from '../../protocols/random.js'
import { thirdOf } from '../../protocols/final-merge/index.js'
import { createToyTraining, lies, peerNames, type Lie, type Scenario } from '../harness/index.js'
import { between, chance, pick } from '../swarm/draws.js'
import type { WorldInput } from '../swarm/scenario.js'

/** A merge under bad luck and liars, as plain data. */
export interface MergeTest {
  readonly seed: number
  readonly peers: number
  readonly dimensions: number
  readonly chunkBytes: number
  readonly rule: 'mean' | 'variance-corrected'
  readonly weighting: 'uniform' | 'samples'
  /** Fewer than a third of the peers. */
  readonly liars?: readonly Liar[]
  readonly world: WorldInput
}

interface Liar {
  readonly id: string
  readonly does: Lie
}

const CALLING_LIES = [
  'calls-with-keys',
  'calls-few',
  'calls-far-ahead',
  'calls-twice',
  'calls-by-keys',
  'calls-alike',
  'calls-at-the-vote',
] as const
const OTHER_LIES = lies.filter((lie) => !CALLING_LIES.some((calling) => calling === lie))

const ROUNDS = 2
const STEP_MS = 10
/** Virtual milliseconds in which a merge without trouble is done, and one with some trouble. */
const QUICK_MS = 150
const SLOW_MS = 6_000
/** Until a question without an answer is given up: up to a third of an exchange, as between real peers. */
const HANGS_MS = [200, 1_700] as const

/** Crashes, restarts, loss, partitions and liars, each left out often, so that they occur alone and together. */
export const randomMerge = (seed: number): MergeTest => {
  const random = createRandom(seed, 'merge test')
  const peers = 2 + random.below(9)
  const names = peerNames(peers)
  // A third of the members or more may not lie: of three not one.
  const liar =
    peers > 3 && chance(0.6, random) ? { id: pick(names, random), does: pick(OTHER_LIES, random) } : undefined
  const liars = liar ? liarsWith(liar, names, seed) : []
  return {
    ...{ seed, peers, dimensions: 16 + random.below(48), chunkBytes: pick([16, 32, 64], random) },
    ...{ rule: pick(['mean', 'mean', 'variance-corrected'] as const, random) },
    ...{ weighting: pick(['uniform', 'samples'] as const, random) },
    ...(liars.length > 0 ? { liars } : {}),
    world: {
      links: {
        latencyMs: pick([1, 5, [1, 20], [1, 80]] as const, random) as number,
        ...(chance(0.5, random) ? { jitterMs: between(0, 30, random) } : {}),
        ...(chance(0.4, random) ? { loss: pick([0.02, 0.1, 0.3], random) } : {}),
        ...(chance(0.2, random) ? { duplicate: 0.2 } : {}),
        ...(chance(0.2, random) ? { reorder: 0.2, reorderMs: 100 } : {}),
      },
      ...(chance(0.3, random) ? { partitions: [randomPartition(names, random)] } : {}),
      devices: { stepMs: STEP_MS },
      ...(chance(0.6, random) ? { churn: { events: randomDeaths(names, random) } } : {}),
      timeouts: { pullMs: between(...HANGS_MS, random), memberMs: pick([500, 3_000, 20_000], random) },
    },
  }
}

/**
 * Sometimes the liar calls, or a second one lies too: in the same way if they call, since calls of few make the liars more of
 * those who are called. Drawn apart, so that seeds which found something stay what they were.
 */
const liarsWith = (first: Liar, names: readonly string[], seed: number): readonly Liar[] => {
  const random = createRandom(seed, 'merge test', 'who lies')
  const calling = chance(0.2, random) ? pick(CALLING_LIES, random) : undefined
  const liar = calling ? { ...first, does: calling } : first
  if (thirdOf(names.length) <= 2 || chance(0.6, random)) return [liar]
  const others = names.filter((id) => id !== first.id)
  return [liar, { id: pick(others, random), does: calling ?? pick(OTHER_LIES, random) }]
}

/** When in the merge something happens: often while all goes well, sometimes later. */
const moment = (random: Random): number =>
  Math.round(ROUNDS * STEP_MS + between(0, chance(0.7, random) ? QUICK_MS : SLOW_MS, random))

const randomPartition = (names: readonly string[], random: Random) => {
  const fromMs = moment(random)
  const from = names.filter(() => chance(0.4, random))
  const some = from.length === 0 || from.length === names.length ? [pick(names, random)] : from
  return {
    ...{ fromMs, untilMs: fromMs + 50 + Math.round(between(0, pick([500, 30_000], random), random)) },
    ...{ from: some, bothWays: chance(0.8, random) },
  }
}

/** At most a third die, or no merge could end; some come back, with or without what they knew. */
const randomDeaths = (names: readonly string[], random: Random) => {
  const victims = names.filter(() => chance(0.25, random)).slice(0, Math.floor(names.length / 2))
  return victims.flatMap((peer) => {
    const atMs = moment(random)
    const crash = { atMs, peer, does: 'crash' as const }
    if (chance(0.5, random)) return [crash]
    const backMs = atMs + 1 + Math.round(between(0, 2_000, random))
    return [
      crash,
      { atMs: backMs, peer, does: 'restart' as const, state: pick(['kept', 'lost'] as const, random) },
    ]
  })
}

/** What `simulate` takes, with the toy as training. */
export const simulatedMerge = (test: MergeTest): Scenario => {
  const { seed, peers, dimensions, chunkBytes, rule, weighting, liars, world } = test
  return {
    ...{ seed, peers, world, rounds: ROUNDS, topology: 'full', mode: 'async' },
    training: createToyTraining({ peers, dimensions, seed, init: 'different' }),
    merge: { rule, weighting, chunkBytes, ...(liars ? { liars } : {}) },
  }
}
