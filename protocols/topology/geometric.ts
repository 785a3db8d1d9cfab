import { createRandom } from '../random.js'
import { fractionOf, type TopologyKind } from './contract.js'
import type { EdgeList } from './edges.js'
import { indexedTopology } from './indexed.js'

/**
 * Members at uniformly random places in the unit square, joined when they are at most r apart: radios with a range
 * (Gilbert 1961, "Random Plane Networks"; Penrose 2003, "Random Geometric Graphs": connected with high probability once
 * π·r² is above ln(n)/n). Neighbours are local, so mixing is slow for its number of edges. With one seed the graph of
 * a larger r contains that of a smaller one.
 */
export const geometric: TopologyKind = {
  name: 'geometric',
  parameters: [fractionOf('r', '0.3')],
  create: ({ spec, values: [radius = 0], seed }) =>
    indexedTopology({
      name: spec,
      edges: (count) => near(count, radius, seed),
      edgesExpected: (count) => shareOfPairs(radius) * ((count * (count - 1)) / 2),
      advice: 'Use a larger r (π·r² above ln(n)/n) or another seed',
    }),
}

const near = (count: number, radius: number, seed: number): EdgeList => {
  const random = createRandom(seed, 'geometric')
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    x[i] = random.next()
    y[i] = random.next()
  }
  const edges: [number, number][] = []
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const dx = x[i]! - x[j]!
      const dy = y[i]! - y[j]!
      // Squares compared: no root, no rounding of one.
      if (dx * dx + dy * dy <= radius * radius) edges.push([i, j])
    }
  }
  return edges
}

/** Probability that two uniform points of the unit square are at most r ≤ 1 apart: r²·(π − 8r/3 + r²/2). */
const shareOfPairs = (radius: number): number =>
  radius * radius * (Math.PI - (8 * radius) / 3 + (radius * radius) / 2)
