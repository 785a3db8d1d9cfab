import { discsFor } from './discs.js'
import { figure, HEAD_HEIGHT, MARGIN, svgDocument, text } from './document.js'
import { boxOf, centreOf, moved, scaledTo, spread, type Size } from './frame.js'
import { edgesOf, neighboursOf, pullsOf, type Pair } from './graph.js'
import { at, inkFor, linesOf, peersOf, strokeOf } from './marks.js'
import { layoutOf, type Layout, type Place } from './places.js'
import type { PictureOf } from './index.js'

const FRAME: Size = { width: 860, height: 800 }
/** The head has room, whatever the graph. */
const WIDTH_MIN = FRAME.width + 2 * MARGIN
const NOTE_HEIGHT = 20
/** Between two discs that were pushed apart. */
const GAP = 6
/** Of a grid step: how far an edge goes out at the border. */
const STUB = 0.5

export interface Words {
  readonly head: string
  readonly facts: string
  readonly description: string
  /** What the marks mean; below the drawing. */
  readonly note?: string
}

/** One drawing of a graph that stands. */
export const drawFixed = ({ topology, members, seed }: PictureOf, words: Words): string => {
  const count = members.length
  const pulls = pullsOf(topology, members, 0)
  const edges = edgesOf(pulls, count)
  const neighbours = neighboursOf(pulls, count)
  const layout = layoutOf({ name: topology.name, count, seed, edges })
  const { places, discs, stub, width, height } = arranged(layout, neighbours)
  const leaving = edges.filter((edge) => layout.leaves?.(edge) ?? false)
  const inside = leaving.length === 0 ? edges : edges.filter((edge) => !layout.leaves!(edge))
  const ink = strokeOf(inkFor(edges.length))
  return svgDocument({
    ...words,
    ...(leaving.length === 0 ? {} : { note: 'Dotted: edges that come in again at the opposite border.' }),
    width,
    height: height + (leaving.length === 0 ? 0 : NOTE_HEIGHT),
    body: [
      `<g class="edges" ${ink}>`,
      ...linesOf(inside, places, layout.round ? centreOf(places) : undefined),
      '</g>',
      ...(leaving.length === 0
        ? []
        : stubsOf({ leaving, places, stub, ink, members, labelled: discs.labelled })),
      '<g class="peers">',
      ...peersOf({ members, places, neighbours, ...discs }),
      '</g>',
    ],
  })
}

/** The layout in units of the drawing, with the discs and the room that all need. */
const arranged = (layout: Layout, neighbours: readonly (readonly number[])[]) => {
  const degrees = neighbours.map(({ length }) => length)
  // Room for the ends of edges that go out at the border, in steps of the grid.
  const scaled = scaledTo(layout.places, FRAME, layout.leaves ? 2 * STUB : 0)
  const discs = discsFor(scaled.places, degrees, { crowded: layout.crowded ?? false })
  const apart = layout.crowded ? spread(scaled.places, discs.radii, GAP) : scaled.places
  const stub = layout.leaves ? STUB * scaled.scale : 0
  const border = MARGIN + Math.max(...discs.radii) + stub
  const box = boxOf(apart)
  const width = Math.max(WIDTH_MIN, box.width + 2 * border)
  const [left, top] = [(width - box.width) / 2 - box.left, HEAD_HEIGHT + border - MARGIN - box.top]
  return {
    places: apart.map((place) => moved(place, left, top)),
    discs,
    stub,
    width,
    height: HEAD_HEIGHT + box.height + 2 * border - MARGIN,
  }
}

/** Both ends of edges that go out at one border and come in at the opposite one, each with the name of the other end. */
const stubsOf = ({
  leaving,
  places,
  stub,
  ink,
  members,
  labelled,
}: {
  readonly leaving: readonly Pair[]
  readonly places: readonly Place[]
  /** Length. */
  readonly stub: number
  readonly ink: string
  readonly members: readonly string[]
  readonly labelled: boolean
}): readonly string[] => {
  const ends = leaving
    .flatMap(
      ([a, b]) =>
        [
          [a, b],
          [b, a],
        ] as const,
    )
    .map(([near, far]) => {
      const { x, y } = places[near]!
      const [dx, dy] = [Math.sign(x - places[far]!.x), Math.sign(y - places[far]!.y)]
      return { from: { x, y }, to: moved({ x, y }, dx * stub, dy * stub), sideways: dx !== 0, far }
    })
  const lines = ends.map(({ from, to }) => `M${at(from)}L${at(to)}`).join('')
  const names = ends.map(({ from, to, sideways, far }) => {
    const [x, y] = sideways ? [(from.x + 3 * to.x) / 4, to.y - 6] : [to.x + 5, (from.y + 3 * to.y) / 4]
    const anchor = sideways ? 'middle' : 'start'
    return `<text class="there" text-anchor="${anchor}" x="${figure(x)}" y="${figure(y)}">${text(members[far]!)}</text>`
  })
  return [`<path class="edges leaving" ${ink} d="${lines}"/>`, ...(labelled ? names : [])]
}
