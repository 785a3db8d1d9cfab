import type { TopologyKind } from './contract.js'
import { indexedTopology } from './indexed.js'

/**
 * Everyone with the first member in sorted order, the hub: federated learning's shape, as a baseline. The hub carries
 * n − 1 exchanges a round and is the one peer that all depend on; when it leaves, the next in order takes its place.
 * With Metropolis-Hastings weights the spectral gap is 1/n.
 */
export const star: TopologyKind = {
  name: 'star',
  parameters: [],
  create: ({ spec }) =>
    indexedTopology({
      name: spec,
      edges: (count) =>
        Array.from({ length: Math.max(0, count - 1) }, (_, i): [number, number] => [0, i + 1]),
      edgesExpected: (count) => count - 1,
    }),
}
