import { countOf, type TopologyKind } from './contract.js'
import { indexedTopology } from './indexed.js'

/**
 * The complete k-ary tree: member i, in sorted order, hangs under member ⌊(i − 1)/k⌋ (the order of a heap, Knuth, The
 * Art of Computer Programming, vol. 1, §2.3.4.5). n − 1 edges, the fewest that connect. From k = 2 on the spectral gap
 * falls as 1/n, because all that one branch of the root knows passes one edge; tree:1 is a path, 1/n².
 */
export const tree: TopologyKind = {
  name: 'tree',
  parameters: [countOf('k', '2')],
  create: ({ spec, values: [arity = 1] }) =>
    indexedTopology({
      name: spec,
      edges: (count) =>
        Array.from({ length: Math.max(0, count - 1) }, (_, i): [number, number] => [
          Math.floor(i / arity),
          i + 1,
        ]),
      edgesExpected: (count) => count - 1,
    }),
}
