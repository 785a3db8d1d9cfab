import { discsFor, type Discs } from './discs.js'
import { figure, HEAD_HEIGHT, MARGIN, svgDocument } from './document.js'
import type { Words } from './fixed.js'
import { bendOf, centreOf, moved, scaledTo } from './frame.js'
import { neighboursOf, pullsOf, type Pair } from './graph.js'
import { at, inkFor, peersOf, strokeOf } from './marks.js'
import { layoutOf, type Place } from './places.js'
import type { PictureOf } from './index.js'

/** Rounds drawn. */
const ROUNDS_MAX = 6
/** Side of one drawing, and of its graph within. */
const PANEL = 420
const GRAPH = 350
const CAPTION_HEIGHT = 34

/** The first rounds side by side: the same places, arrows the way the models travel. */
export const drawRounds = ({ topology, members, seed, figures }: PictureOf, words: Words): string => {
  const count = members.length
  const rounds = Math.min(ROUNDS_MAX, figures.period ?? ROUNDS_MAX)
  const columns = rounds <= 3 ? rounds : rounds === 4 ? 2 : 3
  const { places } = scaledTo(layoutOf({ name: topology.name, count, seed, edges: [] }).places, {
    width: GRAPH,
    height: GRAPH,
  })
  const body = Array.from({ length: rounds }, (_, round) => {
    const pulls = pullsOf(topology, members, round)
    const left = MARGIN + (round % columns) * PANEL
    const top = HEAD_HEIGHT + Math.floor(round / columns) * (PANEL + CAPTION_HEIGHT)
    const caption = `<text class="caption" text-anchor="middle" x="${left + PANEL / 2}" y="${top + 18}">round ${round + 1}</text>`
    const border = (PANEL - GRAPH) / 2
    const there = places.map((place) => moved(place, left + border, top + CAPTION_HEIGHT + border))
    return [caption, ...panelOf(pulls, members, there)]
  })
  return svgDocument({
    ...words,
    // Room for the head beside a single drawing.
    width: Math.max(2, columns) * PANEL + 2 * MARGIN,
    height: HEAD_HEIGHT + Math.ceil(rounds / columns) * (PANEL + CAPTION_HEIGHT) + MARGIN,
    body: body.flat(),
  })
}

const panelOf = (
  pulls: readonly Pair[],
  members: readonly string[],
  places: readonly Place[],
): readonly string[] => {
  const neighbours = neighboursOf(pulls, members.length)
  const discs = discsFor(
    places,
    members.map(() => 1),
  )
  const ink = inkFor(pulls.length)
  return [
    ...arrowsOf(pulls, places, discs, ink),
    '<g class="peers">',
    ...peersOf({ members, places, neighbours, ...discs }),
    '</g>',
  ]
}

/** From the border of the disc that is pulled from to that of the one that pulls, bent as lines on a circle are. */
const arrowsOf = (
  pulls: readonly Pair[],
  places: readonly Place[],
  { radii }: Discs,
  ink: ReturnType<typeof inkFor>,
): readonly string[] => {
  const centre = centreOf(places)
  const lines: string[] = []
  const heads: string[] = []
  for (const [puller, pulled] of pulls) {
    const [from, to] = [places[pulled]!, places[puller]!]
    const bend = bendOf(from, to, centre)
    const last = Math.hypot(to.x - bend.x, to.y - bend.y)
    const [ux, uy] = [(to.x - bend.x) / last, (to.y - bend.y) / last]
    const length = Math.min(9, Math.max(3, radii[puller]!), last / 2)
    const tip = moved(to, -ux * (radii[puller]! + 1), -uy * (radii[puller]! + 1))
    const base = moved(tip, -ux * length, -uy * length)
    lines.push(`M${at(from)}Q${at(bend)} ${at(base)}`)
    const [sideX, sideY] = [(-uy * length) / 2.4, (ux * length) / 2.4]
    heads.push(`M${at(tip)}L${at(moved(base, sideX, sideY))}L${at(moved(base, -sideX, -sideY))}Z`)
  }
  return [
    `<path class="edges" ${strokeOf(ink)} d="${lines.join('')}"/>`,
    `<path class="arrows" fill-opacity="${figure(Math.min(1, 1.3 * ink.opacity))}" d="${heads.join('')}"/>`,
  ]
}
