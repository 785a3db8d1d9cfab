import { createRandom } from '../random.js'
import { fractionOf, type TopologyKind } from './contract.js'
import type { EdgeList } from './edges.js'
import { indexedTopology } from './indexed.js'

/**
 * Every pair of members is joined with probability p, independently (Gilbert 1959, "Random graphs"; Erdős and Rényi
 * 1960, "On the evolution of random graphs": connected with high probability once p is above ln(n)/n). With one seed
 * the graph of a larger p contains that of a smaller one.
 */
export const erdosRenyi: TopologyKind = {
  name: 'erdos-renyi',
  parameters: [fractionOf('p', '0.1')],
  create: ({ spec, values: [probability = 0], seed }) =>
    indexedTopology({
      name: spec,
      edges: (count) => drawn(count, probability, seed),
      edgesExpected: (count) => (probability * count * (count - 1)) / 2,
      advice: 'Use a larger p (above ln(n)/n), another seed, or regular:k, which is always connected',
    }),
}

/**
 * One draw per pair, the same as graphology-generators makes, which a test holds this against. Loading graphology takes
 * a peer 30 ms at each start, more than the whole of the other topologies.
 */
const drawn = (order: number, probability: number, seed: number): EdgeList => {
  const random = createRandom(seed, 'erdos-renyi')
  const edges: [number, number][] = []
  for (let a = 0; a < order; a++) {
    for (let b = a + 1; b < order; b++) if (random.next() < probability) edges.push([a, b])
  }
  return edges
}
