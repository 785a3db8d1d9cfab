import { figure, text } from './document.js'
import type { Discs } from './discs.js'
import { bendOf } from './frame.js'
import type { Pair } from './graph.js'
import type { Place } from './places.js'

/** Names in the note of a peer, before `and 12 more`. */
const NAMES_MAX = 12

/** How lines are drawn so that many still show as lines and not as a blot. */
export const inkFor = (edges: number): { readonly width: number; readonly opacity: number } => ({
  width: edges <= 150 ? 1.8 : edges <= 1_000 ? 1.2 : 0.8,
  opacity: Math.min(0.7, Math.max(0.03, 10 / Math.sqrt(edges))),
})

/** `stroke-width` and `stroke-opacity` as attributes. */
export const strokeOf = ({ width, opacity }: ReturnType<typeof inkFor>): string =>
  `stroke-width="${width}" stroke-opacity="${opacity.toFixed(2)}"`

/**
 * One path for the lines of each member, so that what crosses it is darker.
 * @param centre lines bend towards it; straight without.
 */
export const linesOf = (
  edges: readonly Pair[],
  places: readonly Place[],
  centre?: Place,
): readonly string[] => {
  const lines = new Map<number, string>()
  for (const [a, b] of edges) {
    const [from, to] = [places[a]!, places[b]!]
    const end = centre === undefined ? `L${at(to)}` : `Q${at(bendOf(from, to, centre))} ${at(to)}`
    lines.set(a, `${lines.get(a) ?? ''}M${at(from)}${end}`)
  }
  return [...lines.values()].map((d) => `<path d="${d}"/>`)
}

export interface PeersDrawn extends Discs {
  readonly members: readonly string[]
  readonly places: readonly Place[]
  /** By index: those it pulls from. */
  readonly neighbours: readonly (readonly number[])[]
}

/** A disc for each peer, with a note that shows when pointed at. */
export const peersOf = ({ members, places, neighbours, radii, labelled }: PeersDrawn): readonly string[] =>
  members.map((id, index) => {
    const { x, y } = places[index]!
    const radius = radii[index]!
    const fontSize = Math.min(14, (1.9 * radius) / id.length)
    const label = labelled
      ? `<text x="${figure(x)}" y="${figure(y + 0.36 * fontSize)}" font-size="${figure(fontSize)}">${text(id)}</text>`
      : ''
    const note = text(`${id}: ${namesOf(neighbours[index]!, members)}`)
    const edge = figure(Math.min(2, radius / 4))
    return `<g><title>${note}</title><circle cx="${figure(x)}" cy="${figure(y)}" r="${figure(radius)}" stroke-width="${edge}"/>${label}</g>`
  })

const namesOf = (indices: readonly number[], members: readonly string[]): string => {
  const names = indices.slice(0, NAMES_MAX).map((index) => members[index]!)
  const more = indices.length - names.length
  const counted = `${indices.length} ${indices.length === 1 ? 'neighbour' : 'neighbours'}`
  return names.length === 0 ? counted : `${counted}, ${names.join(' ')}${more > 0 ? ` and ${more} more` : ''}`
}

export const at = ({ x, y }: Place): string => `${figure(x)} ${figure(y)}`
