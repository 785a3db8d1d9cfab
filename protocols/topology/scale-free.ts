import { TopologyError } from '../errors.js'
import { createRandom } from '../random.js'
import { countOf, type TopologyKind } from './contract.js'
import type { EdgeList } from './edges.js'
import { indexedTopology } from './indexed.js'

/**
 * Preferential attachment: members join one by one, in sorted order, and each takes m different neighbours among those
 * before it, with probability proportional to the degree they have (Barabási and Albert 1999, "Emergence of Scaling in
 * Random Networks", Science 286). A few hubs with very many neighbours, everyone else with m or little more. The first
 * m + 1 members, whom the paper leaves open, are all joined to each other. Always connected.
 *
 * Relaxed, with fewer than m + 1 members: everyone with everyone.
 */
export const scaleFree: TopologyKind = {
  name: 'scale-free',
  parameters: [countOf('m', '2')],
  create: ({ spec, values: [attached = 1], seed }) =>
    indexedTopology({
      name: spec,
      edges: (count) => grown(count, attached, seed),
      edgesExpected: (count) => count * attached,
      check: (memberCount) => checkAttached(spec, attached, memberCount),
    }),
}

const grown = (count: number, attached: number, seed: number): EdgeList => {
  const random = createRandom(seed, 'scale-free')
  const core = Math.min(count, attached + 1)
  const edges: [number, number][] = []
  // Both ends of every edge: someone of degree d is in it d times, so a uniform draw is a draw by degree.
  const ends: number[] = []
  const add = (a: number, b: number): void => {
    edges.push([a, b])
    ends.push(a, b)
  }
  for (let b = 1; b < core; b++) for (let a = 0; a < b; a++) add(a, b)
  for (let newcomer = core; newcomer < count; newcomer++) {
    const chosen = new Set<number>()
    while (chosen.size < attached) chosen.add(ends[random.below(ends.length)]!)
    for (const other of chosen) add(other, newcomer)
  }
  return edges
}

const checkAttached = (name: string, attached: number, memberCount: number): void => {
  if (attached < memberCount) return
  throw new TopologyError(
    'IMPOSSIBLE',
    `${name} gives everyone at least ${attached} neighbours, but ${memberCount} members have only ${memberCount - 1} ` +
      `others each. Use full, a smaller m, or ${attached + 1} members or more.`,
    { topology: name, memberCount, attached },
  )
}
