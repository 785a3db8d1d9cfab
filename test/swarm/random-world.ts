import type { Random } from '../../protocols/random.js'
import { peerNames } from '../harness/index.js'
import { between, chance, pick } from './draws.js'
import type { WorldInput } from './scenario.js'

interface Size {
  readonly peers: number
  readonly rounds: number
  readonly localSteps: number
  readonly merge: boolean
}

const STEP_MS = 10
/** 24 members that repeat four messages of 512 bytes five times a second to each other: 1.9, and room for answers. */
const MERGE_MBPS_MIN = 8
/** Longest time until a lost pull is given up, and until a silent member is dropped: so that both kinds of cut occur. */
const PULL_MS_MAX = 400
const MEMBER_MS_MAX = 600

/** Links, partitions, devices and churn, each left out often, so that they occur alone and together. */
export const randomWorld = (size: Size, mode: 'async' | 'rounds', random: Random): WorldInput => {
  /** About as long as the run takes: when things may happen. */
  const spanMs = Math.round(1.5 * size.rounds * size.localSteps * STEP_MS) + 50
  return {
    links: randomLinks(size, random),
    ...(chance(0.3, random) && size.peers > 1 ? { partitions: randomPartitions(size, spanMs, random) } : {}),
    devices: randomDevices(size, random),
    churn: randomChurn(size, spanMs, mode, random),
    timeouts: {
      pullMs: between(100, PULL_MS_MAX, random),
      memberMs: between(100, MEMBER_MS_MAX, random),
    },
  }
}

const randomLinks = ({ merge }: Size, random: Random): NonNullable<WorldInput['links']> => ({
  latencyMs: pick(
    [0, 2, between(1, 30, random), [1, between(1, 40, random)], { median: 8, sigma: 0.8 }],
    random,
  ),
  ...(chance(0.5, random) ? { jitterMs: between(0, 25, random) } : {}),
  ...(chance(0.3, random) ? { bandwidthMbps: between(merge ? MERGE_MBPS_MIN : 0.1, 20, random) } : {}),
  ...(chance(0.35, random) ? { loss: pick([0.02, 0.1, 0.3, 0.6], random) } : {}),
  ...(chance(0.3, random) ? { duplicate: pick([0.05, 0.3], random) } : {}),
  ...(chance(0.3, random) ? { reorder: pick([0.1, 0.5], random), reorderMs: between(5, 120, random) } : {}),
})

const randomPartitions = (
  { peers }: Size,
  spanMs: number,
  random: Random,
): NonNullable<WorldInput['partitions']> =>
  Array.from({ length: 1 + random.below(2) }, () => {
    const fromMs = Math.round(between(0, spanMs, random))
    const untilMs = fromMs + 1 + Math.round(between(0, 2 * MEMBER_MS_MAX, random))
    const bothWays = chance(0.5, random)
    // Somebody must be on either side.
    const divides = (share: number): boolean => Math.round(share * peers) % peers !== 0
    if (chance(0.5, random)) {
      return { fromMs, untilMs, from: pick([0.25, 0.5, 0.75].filter(divides), random), bothWays }
    }
    const names = peerNames(peers)
    const from = names.filter(() => chance(0.4, random))
    const some = from.length === 0 || from.length === peers ? [pick(names, random)] : from
    const to = names.filter((name) => !some.includes(name) && chance(0.5, random))
    return { fromMs, untilMs, from: some, ...(to.length > 0 ? { to } : {}), bothWays }
  })

const randomDevices = ({ peers }: Size, random: Random): NonNullable<WorldInput['devices']> => {
  const jitter = chance(0.5, random) ? { jitter: between(0, 0.6, random) } : {}
  switch (random.below(3)) {
    case 0:
      return { stepMs: STEP_MS, ...jitter }
    case 1:
      return { stepMs: STEP_MS, ...jitter, speed: { lognormal: between(0.1, 0.8, random) } }
    default: {
      const trace = Array.from({ length: 1 + random.below(peers) }, () => pick([0.1, 0.5, 1, 1, 2], random))
      return { stepMs: STEP_MS, ...jitter, speed: { trace } }
    }
  }
}

const randomChurn = (
  { peers }: Size,
  spanMs: number,
  mode: 'async' | 'rounds',
  random: Random,
): NonNullable<WorldInput['churn']> => ({
  ...(chance(0.5, random) ? { events: randomIncidents(peers, spanMs, random) } : {}),
  ...(chance(0.2, random)
    ? {
        rates: {
          crashesPerMinute: between(0, goingsMax(spanMs, mode) / 2, random),
          leavesPerMinute: between(0, goingsMax(spanMs, mode) / 2, random),
          awayMs: pick([null, [0, 300], [0, 2 * MEMBER_MS_MAX], { median: 100, sigma: 1 }], random),
          state: pick(['kept', 'lost'], random),
        },
      }
    : {}),
})

/**
 * Goings per minute of a peer: about one in the span at most. Lock step waits up to 10 s for those who went, and a process
 * that never lives that long never gets through a round.
 */
const goingsMax = (spanMs: number, mode: 'async' | 'rounds'): number =>
  60_000 / (mode === 'async' ? spanMs : Math.max(spanMs, 20_000))

type Incidents = NonNullable<NonNullable<WorldInput['churn']>['events']>

/** A history for some of the peers: there at first or not, then going and coming. */
const randomIncidents = (peers: number, spanMs: number, random: Random): Incidents => {
  const names = peerNames(peers)
  return names.flatMap((peer, index) => {
    if (!chance(0.4, random)) return []
    const incidents: Incidents = []
    let atMs = Math.round(between(0, spanMs / 2, random))
    // The first peer is there from the beginning: nobody can be late for nothing.
    if (index > 0 && chance(0.4, random)) incidents.push({ atMs, peer, does: 'join' })
    const goings = random.below(3)
    for (let i = 0; i < goings; i++) {
      atMs += 1 + Math.round(between(0, spanMs / 2, random))
      incidents.push({ atMs, peer, does: pick(['crash', 'crash', 'leave'], random) })
      // Some stay away for good; the first one never, so that the run can end.
      if (index > 0 && chance(0.2, random)) break
      atMs += 1 + Math.round(between(0, pick([30, 2 * MEMBER_MS_MAX], random), random))
      incidents.push({ atMs, peer, does: 'restart', state: pick(['kept', 'lost'], random) })
    }
    return incidents
  })
}
