import type { Random } from '../../protocols/random.js'
import { SIDE } from './digit-raster.js'
import type { Stroke } from './digit-glyphs.js'

/** How far one writing of a digit strays from its glyph. Source of each: measured with scripts/digits-difficulty.ts. */
const STRAY = {
  /** Height of the digit, pixels. */
  height: [18.5, 21],
  /** Width relative to the glyph's own proportions. */
  widen: [0.9, 1.15],
  /** Tangent of half the angle of rotation, at most: 0.05 is 5.7 degrees. */
  halfTurn: 0.05,
  /** Sideways slant per unit of height, at most. */
  slant: 0.08,
  /** Shift of the centre, pixels, at most. */
  shift: 0.6,
  /** Bend: displacement of each node of a coarse grid laid over the digit, in glyph units (of 100), at most. */
  bend: 3,
} as const

/** Nodes along one side of the grid that bends a digit. */
const GRID = 4

/**
 * One random way to place a glyph in the image: bend, then slant, size, rotation and shift. The returned function maps a
 * stroke in glyph units to a fresh list of x, y pairs in pixels; every stroke of a digit goes through the same one.
 */
export const distortion = (random: Random): ((stroke: Stroke) => Float64Array) => {
  const spread = (most: number): number => (2 * random.next() - 1) * most
  const bend = Float64Array.from({ length: GRID * GRID * 2 }, () => spread(STRAY.bend))
  const scaleY = (STRAY.height[0] + (STRAY.height[1] - STRAY.height[0]) * random.next()) / 100
  const scaleX = scaleY * (STRAY.widen[0] + (STRAY.widen[1] - STRAY.widen[0]) * random.next())
  const slant = spread(STRAY.slant)
  // Sine and cosine from the half angle's tangent: rational, so the same bits on every machine.
  const half = spread(STRAY.halfTurn)
  const cos = (1 - half * half) / (1 + half * half)
  const sin = (2 * half) / (1 + half * half)
  const centreX = (SIDE - 1) / 2 + spread(STRAY.shift)
  const centreY = (SIDE - 1) / 2 + spread(STRAY.shift)

  return (stroke) => {
    const placed = new Float64Array(stroke.length)
    for (let i = 0; i < stroke.length; i += 2) {
      const [bendX, bendY] = bendAt(bend, stroke[i]!, stroke[i + 1]!)
      const y = stroke[i + 1]! + bendY - 50
      const x = stroke[i]! + bendX - 30 - slant * y
      placed[i] = centreX + cos * scaleX * x - sin * scaleY * y
      placed[i + 1] = centreY + sin * scaleX * x + cos * scaleY * y
    }
    return placed
  }
}

/** The grid's displacement at a point of the glyph box (60 × 100), interpolated between the four nodes around it. */
const bendAt = (bend: Float64Array, x: number, y: number): readonly [number, number] => {
  const column = Math.max(0, Math.min(GRID - 1.001, (x / 60) * (GRID - 1)))
  const row = Math.max(0, Math.min(GRID - 1.001, (y / 100) * (GRID - 1)))
  const left = Math.floor(column)
  const top = Math.floor(row)
  const fx = column - left
  const fy = row - top
  const node = (top * GRID + left) * 2
  const below = node + GRID * 2
  const mix = (axis: 0 | 1): number =>
    (1 - fy) * ((1 - fx) * bend[node + axis]! + fx * bend[node + 2 + axis]!) +
    fy * ((1 - fx) * bend[below + axis]! + fx * bend[below + 2 + axis]!)
  return [mix(0), mix(1)]
}
