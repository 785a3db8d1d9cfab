import type { Place } from './places.js'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Size {
  readonly left: number
  readonly top: number
}

/**
 * The places scaled alike both ways, as large as the frame allows, with the upper left corner of all at 0, 0. A lone
 * place keeps its unit.
 * @param more room to leave both ways, in the unit of the places.
 */
export const scaledTo = (
  places: readonly Place[],
  frame: Size,
  more = 0,
): { readonly places: readonly Place[]; readonly scale: number } => {
  const { left, top, width, height } = boxOf(places)
  const fitting = Math.min(frame.width / (width + more), frame.height / (height + more))
  const scale = Number.isFinite(fitting) ? fitting : 1
  return { places: places.map(({ x, y }) => ({ x: (x - left) * scale, y: (y - top) * scale })), scale }
}

/** What the places cover; nothing at 0, 0 for none. */
export const boxOf = (places: readonly Place[]): Box => {
  if (places.length === 0) return { left: 0, top: 0, width: 0, height: 0 }
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top }
}

export const moved = ({ x, y }: Place, dx: number, dy: number): Place => ({ x: x + dx, y: y + dy })

/** Of its length, how far the middle of a very short line is drawn to the centre. */
const BEND = 0.18

/**
 * The control point of a quadratic curve between two places on a circle. A short line bends towards the centre, so that
 * it clears the discs between its ends; a diameter is straight.
 */
export const bendOf = (from: Place, to: Place, centre: Place): Place => {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  const radius = Math.hypot(from.x - centre.x, from.y - centre.y)
  const inward = Math.hypot(centre.x - middle.x, centre.y - middle.y)
  if (inward === 0) return middle
  const length = Math.hypot(from.x - to.x, from.y - to.y)
  // The curve comes half as near to the centre as its control point.
  const pull = Math.min(1, (2 * BEND * length * Math.max(0, 1 - length / (2 * radius))) / inward)
  return moved(middle, pull * (centre.x - middle.x), pull * (centre.y - middle.y))
}

export const centreOf = (places: readonly Place[]): Place => ({
  x: places.reduce((sum, { x }) => sum + x, 0) / places.length,
  y: places.reduce((sum, { y }) => sum + y, 0) / places.length,
})

/** Rounds of pushing; most pictures need few. */
const PUSHES_MAX = 200

/** Pushes discs apart until none touches another, or for a bounded number of rounds. */
export const spread = (places: readonly Place[], radii: readonly number[], gap: number): readonly Place[] => {
  const result = places.map(({ x, y }) => ({ x, y }))
  for (let push = 0; push < PUSHES_MAX; push++) {
    let touched = false
    for (let i = 0; i < result.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [result[i]!, result[j]!]
        const [dx, dy] = [a.x - b.x, a.y - b.y]
        const distance = Math.sqrt(dx * dx + dy * dy)
        const missing = radii[i]! + radii[j]! + gap - distance
        if (missing <= 0) continue
        touched = true
        // Two at one place part sideways.
        const [ux, uy] = distance > 0 ? [dx / distance, dy / distance] : [1, 0]
        a.x += (ux * missing) / 2
        a.y += (uy * missing) / 2
        b.x -= (ux * missing) / 2
        b.y -= (uy * missing) / 2
      }
    }
    if (!touched) break
  }
  return result
}

/** Distance of each place to the nearest other one; infinite for a lone one. */
export const nearest = (places: readonly Place[]): readonly number[] =>
  places.map((a, i) => {
    let least = Infinity
    for (const [j, b] of places.entries()) {
      if (i !== j) least = Math.min(least, (a.x - b.x) ** 2 + (a.y - b.y) ** 2)
    }
    return Math.sqrt(least)
  })
