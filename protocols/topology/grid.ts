import type { TopologyKind } from './contract.js'
import type { EdgeList } from './edges.js'
import { indexedTopology } from './indexed.js'

/**
 * Members row by row in the most square rectangle that holds exactly all of them, each with those left, right, above
 * and below. A prime number of members has one row: a path. The spectral gap falls as 1/n (as in Lian et al. 2017,
 * arXiv 1705.09056, for the ring 1/n²); edges and corners have fewer neighbours.
 */
export const grid: TopologyKind = {
  name: 'grid',
  parameters: [],
  create: ({ spec }) =>
    indexedTopology({
      name: spec,
      edges: (count) => rectangle(count, false),
      edgesExpected: (count) => 2 * count,
    }),
}

/**
 * The grid with its borders joined, left to right and top to bottom, so that everyone has four neighbours; three where
 * there are two rows, because above and below are the same member. A prime number of members is a ring.
 */
export const torus: TopologyKind = {
  name: 'torus',
  parameters: [],
  create: ({ spec }) =>
    indexedTopology({
      name: spec,
      edges: (count) => rectangle(count, true),
      edgesExpected: (count) => 2 * count,
    }),
}

/** Right and down from each member; with `wrap` from the last column and row to the first. Repeats are dropped later. */
const rectangle = (count: number, wrap: boolean): EdgeList => {
  const rows = rowsOf(count)
  const columns = count / rows
  const edges: [number, number][] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const index = row * columns + column
      if (wrap || column + 1 < columns) edges.push([index, row * columns + ((column + 1) % columns)])
      if (wrap || row + 1 < rows) edges.push([index, ((row + 1) % rows) * columns + column])
    }
  }
  return edges
}

/** The largest divisor that is at most the square root; 1 for no members. */
const rowsOf = (count: number): number => {
  let rows = 1
  for (let candidate = 2; candidate * candidate <= count; candidate++)
    if (count % candidate === 0) rows = candidate
  return rows
}
