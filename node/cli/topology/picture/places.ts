import { createRandom } from '../../../../protocols/random.js'
import { circle } from './circle.js'
import { forced } from './forces.js'
import type { Pair } from './graph.js'
import { tree } from './tree-places.js'

/** Where a member is drawn, y downwards, in any unit: a drawing is scaled to its frame. */
export interface Place {
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly places: readonly Place[]
  /** An edge that goes out at one border and comes in at the opposite one. */
  readonly leaves?: (edge: Pair) => boolean
  /** All are on a circle, so lines may bend towards its centre. */
  readonly round?: boolean
  /** Places that come out too close together and may be pushed apart: they mean nothing by themselves. */
  readonly crowded?: boolean
}

export interface LayoutAsked {
  /** As the topology is written: `tree:3`. */
  readonly name: string
  readonly count: number
  readonly seed: number
  readonly edges: readonly Pair[]
}

/** The places that show best what a topology is; members are by index. The same places for the same question. */
export const layoutOf = (asked: LayoutAsked): Layout => {
  const { name, count, seed } = asked
  const [kind, parameter] = name.split(':')
  switch (kind) {
    case 'grid':
      return { places: rowsOf(count) === 1 ? winding(count) : rectangle(count) }
    case 'torus':
      return rowsOf(count) === 1 ? ring(count) : torus(count)
    case 'star':
      return { places: [{ x: 0, y: 0 }, ...circle(count - 1)].slice(0, count) }
    case 'tree':
      return { places: parameter === '1' ? winding(count) : tree(count, Number(parameter)) }
    case 'geometric':
      return { places: scattered(count, seed) }
    case 'erdos-renyi':
    case 'scale-free':
    case 'edges':
      return { places: forced(asked), crowded: true }
    default:
      return ring(count)
  }
}

const ring = (count: number): Layout => ({ places: circle(count), round: true })

/** As the topologies grid and torus: the largest divisor that is at most the square root. */
const rowsOf = (count: number): number => {
  let rows = Math.floor(Math.sqrt(count))
  while (count % rows !== 0) rows--
  return rows
}

const rectangle = (count: number): readonly Place[] => {
  const columns = count / rowsOf(count)
  return Array.from({ length: count }, (_, i) => ({ x: i % columns, y: Math.floor(i / columns) }))
}

/** Neighbours on the rectangle are one step apart; two rows or columns have no way round. */
const torus = (count: number): Layout => {
  const places = rectangle(count)
  const leaves = ([a, b]: Pair): boolean =>
    Math.abs(places[a]!.x - places[b]!.x) + Math.abs(places[a]!.y - places[b]!.y) > 1
  return { places, leaves }
}

/** A path in a square: every other row runs back. */
const winding = (count: number): readonly Place[] => {
  const columns = Math.ceil(Math.sqrt(count))
  return Array.from({ length: count }, (_, i) => {
    const y = Math.floor(i / columns)
    return { x: y % 2 === 0 ? i % columns : columns - 1 - (i % columns), y }
  })
}

/** The points that the topology `geometric` joins: x and y of member after member from the same random numbers. */
const scattered = (count: number, seed: number): readonly Place[] => {
  const random = createRandom(seed, 'geometric')
  return Array.from({ length: count }, () => ({ x: random.next(), y: random.next() }))
}
