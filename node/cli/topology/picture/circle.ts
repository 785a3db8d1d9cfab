import { UndirectedGraph } from 'graphology'
import { circular } from 'graphology-layout'
import type { Place } from './places.js'

/** On the unit circle, the first at the top, clockwise. */
export const circle = (count: number): readonly Place[] => {
  const graph = new UndirectedGraph()
  for (let index = 0; index < count; index++) graph.addNode(index)
  const places = circular(graph)
  // The layout begins at the right and turns from x to y: a quarter turn back.
  return Array.from({ length: count }, (_, index) => ({ x: places[index]!.y!, y: -places[index]!.x! }))
}
