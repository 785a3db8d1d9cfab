import { UndirectedGraph } from 'graphology'
import imported from 'graphology-layout-forceatlas2'
import { createRandom } from '../../../../protocols/random.js'
import type { LayoutAsked, Place } from './places.js'

/** A CommonJS module whose types promise a `default` that it does not have. */
const forceAtlas2 = imported as unknown as typeof imported.default

/** Enough for the picture to stand still, up to some 300 members; larger ones get fewer, for the time it takes. */
const ITERATIONS = { few: 300, many: 1_000, manyUpTo: 300 } as const

/**
 * Springs along the edges, and members that push each other away (ForceAtlas2: Jacomy et al. 2014, PLoS ONE 9(6)).
 * Begins at seeded places and takes a fixed number of steps, so it ends at the same places.
 */
export const forced = ({ count, seed, edges }: Omit<LayoutAsked, 'name'>): readonly Place[] => {
  const random = createRandom(seed, 'picture')
  const graph = new UndirectedGraph()
  for (let index = 0; index < count; index++) graph.addNode(index, { x: random.next(), y: random.next() })
  for (const [a, b] of edges) graph.addEdge(a, b)
  const places = forceAtlas2(graph, {
    iterations: count <= ITERATIONS.manyUpTo ? ITERATIONS.many : ITERATIONS.few,
    settings: forceAtlas2.inferSettings(graph),
  })
  return Array.from({ length: count }, (_, index) => places[index]!)
}
