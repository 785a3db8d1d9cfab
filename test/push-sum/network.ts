import { createRandom } from '../../protocols/random.js'
import { createTopology } from '../../protocols/topology/index.js'
import type { PushSumTiming } from '../../protocols/final-merge/push-sum/index.js'
import type { PushSumming, PushSumScenario } from '../harness/swarm/push-sum-scenario.js'
import { createPushSumming } from '../harness/swarm/push-summing.js'
import { parseWorld, type worldSchema } from '../harness/world/schema.js'
import type { z } from 'zod'

/** Names, who is joined to whom, and toy models, with defaults for the rest. */
export interface Toy extends Partial<Omit<PushSumScenario, 'links' | 'partitions' | 'timing'>> {
  readonly peers?: number
  /** A topology by name, or its edges. */
  readonly graph?: string | readonly (readonly [string, string])[]
  readonly world?: z.input<typeof worldSchema>
  readonly timing?: Partial<PushSumTiming>
}

/** Virtual milliseconds, for links of a few. */
export const TIMING: PushSumTiming = {
  ...{ repeatMs: 50, patienceMs: 200, lagMs: 1_000, writeOffMs: 8_000, deadlineMs: 60_000 },
}

export const DIMENSIONS = 6

export const namesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p${String(i).padStart(2, '0')}`)

/** Unlike each other: entries of different sizes, between −3 and 7, none of which a float32 holds exactly. */
export const toyModel = (name: string): Float32Array => {
  const random = createRandom('toy model', name)
  return Float32Array.from({ length: DIMENSIONS }, (_, i) => (10 * random.next() - 3) / (1 + i * i))
}

export const toyNetwork = (toy: Toy = {}): PushSumming => {
  const { peers = 8, graph = 'ring', world, timing, seed = 1, ...rest } = toy
  const names = toy.names ?? namesOf(peers)
  const { links, partitions } = parseWorld(world)
  return createPushSumming({
    ...{ seed, names, links, partitions, neighbours: neighboursIn(graph, names, seed), modelOf: toyModel },
    ...{ tolerance: 1e-4, timing: { ...TIMING, ...timing }, pullMs: 300 },
    ...rest,
  })
}

const neighboursIn = (
  graph: NonNullable<Toy['graph']>,
  members: readonly string[],
  seed: number,
): ((name: string) => readonly string[]) => {
  if (typeof graph !== 'string') {
    return (name) => graph.flatMap(([a, b]) => (a === name ? [b] : b === name ? [a] : [])).sort()
  }
  const topology = createTopology(graph, seed)
  return (self) => topology.neighbours({ members, self, round: 0 })
}

/** Groups of `size`, all joined within; one of each is joined to the one in the first group, which is the hub. */
export const starOfCliques = (names: readonly string[], size: number): [string, string][] => {
  const edges: [string, string][] = []
  for (let start = 0; start < names.length; start += size) {
    const group = names.slice(start, start + size)
    group.forEach((a, i) => group.slice(i + 1).forEach((b) => edges.push([a, b])))
    if (start > 0) edges.push([names[0]!, group[0]!])
  }
  return edges
}

/** The exact average, weighted by the shares. */
export const averageOf = (names: readonly string[], shareOf = (_: string): number => 1): Float64Array => {
  const total = names.reduce((sum, name) => sum + shareOf(name), 0)
  const mean = new Float64Array(DIMENSIONS)
  for (const name of names)
    toyModel(name).forEach((value, i) => (mean[i]! += (shareOf(name) * value) / total))
  return mean
}

/** L2 distance relative to the norm of the exact one. */
export const trueError = (weights: Float32Array, exact: Float64Array): number => {
  let distance = 0
  let norm = 0
  exact.forEach((value, i) => {
    distance += (weights[i]! - value) ** 2
    norm += value ** 2
  })
  return Math.sqrt(distance / norm)
}
