/** Pixels along one side of a digit's image. */
export const SIDE = 28

/** What a stroke of ink looks like. */
export interface Pen {
  /** Half the width of the stroke, pixels. */
  readonly radius: number
  /** Brightness at the middle of the stroke, 0 to 1. */
  readonly ink: number
}

/**
 * Draws a polyline (x, y pairs in pixels) into `image` (SIDE × SIDE, 0 to 1) with round ends and an edge one pixel
 * soft. Overlapping ink does not add up: the brighter one shows. Parts outside the image are cut off.
 */
export const drawStroke = (image: Float32Array, points: Float64Array | readonly number[], pen: Pen): void => {
  for (let i = 0; i + 3 < points.length; i += 2)
    drawSegment(image, [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!], pen)
}

const drawSegment = (
  image: Float32Array,
  [ax, ay, bx, by]: readonly [number, number, number, number],
  { radius, ink }: Pen,
): void => {
  const reach = radius + 0.5
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach))
  const right = Math.min(SIDE - 1, Math.floor(Math.max(ax, bx) + reach))
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach))
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(ay, by) + reach))
  const dx = bx - ax
  const dy = by - ay
  const squaredLength = dx * dx + dy * dy
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const along = squaredLength === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / squaredLength
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const offX = x - ax - t * dx
      const offY = y - ay - t * dy
      const coverage = reach - Math.sqrt(offX * offX + offY * offY)
      const value = ink * (coverage > 1 ? 1 : coverage)
      const at = y * SIDE + x
      if (value > image[at]!) image[at] = value
    }
}
