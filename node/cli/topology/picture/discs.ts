import { nearest } from './frame.js'
import type { Place } from './places.js'

/** Peers up to which each one carries its name. */
const LABELLED_MAX = 40
/** Radius, in units of the drawing, of a disc that holds three characters, and the most that any disc needs. */
const LABELLED_RADIUS = { least: 13, usual: 17, most: 26 } as const
/** Radius without names, for few members; it falls with the root of their number. */
const BARE_RADIUS = { most: 11, timesRoot: 80, least: 1.5 } as const
/** Of the distance to the next disc, the part that a usual radius may take: lines show between two. */
const SHARE = 0.36
/** Hubs are no larger than so many usual discs, across; nobody is smaller than the other. */
const RATIO = { least: 0.6, most: 2.4 } as const

export interface Discs {
  readonly radii: readonly number[]
  readonly labelled: boolean
}

/**
 * Areas as the numbers of neighbours, within bounds, and whether names fit in. A usual disc is as large as the places
 * allow: a fifth of the members may stand closer than that, as random points do.
 * @param crowded the places will be pushed apart, so they set no bound.
 */
export const discsFor = (
  places: readonly Place[],
  degrees: readonly number[],
  { crowded = false }: { readonly crowded?: boolean } = {},
): Discs => {
  const count = places.length
  const distances = [...nearest(places)].sort((a, b) => a - b)
  const between = crowded ? Infinity : distances[Math.floor(count / 5)]!
  const labelled = count <= LABELLED_MAX && between > 2 * LABELLED_RADIUS.least
  const usual = labelled
    ? LABELLED_RADIUS.usual
    : Math.min(BARE_RADIUS.most, Math.max(BARE_RADIUS.least, BARE_RADIUS.timesRoot / Math.sqrt(count)))
  const fitting = Math.min(usual, SHARE * between)
  const mean = degrees.reduce((sum, degree) => sum + degree, 0) / count
  const radii = degrees.map((degree) => {
    const ratio = mean === 0 ? 1 : Math.min(RATIO.most, Math.max(RATIO.least, Math.sqrt(degree / mean)))
    const radius = fitting * ratio
    return labelled ? Math.min(LABELLED_RADIUS.most, Math.max(LABELLED_RADIUS.least, radius)) : radius
  })
  return { radii, labelled }
}
