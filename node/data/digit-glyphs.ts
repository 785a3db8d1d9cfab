/** One pen stroke: x, y pairs in a box 60 wide and 100 high, y down. A polyline, already flattened. */
export type Stroke = readonly number[]
/** One way to write a digit. */
export type Glyph = readonly Stroke[]

/** Straight pieces per span of a curve. A span is about 10 pixels at most, so a piece is about one pixel long. */
const PIECES_PER_SPAN = 5

const line = (...points: number[]): Stroke => points

/** A smooth stroke through the points (Catmull-Rom spline): polynomials only, so it has the same bits everywhere. */
const curve = (...points: number[]): Stroke => {
  const spans = points.length / 2 - 1
  const at = (index: number, axis: 0 | 1): number => points[Math.max(0, Math.min(spans, index)) * 2 + axis]!
  return flatten(at, spans)
}

/** A smooth closed stroke through the points; it ends where it began. */
const loop = (...points: number[]): Stroke => {
  const spans = points.length / 2
  const at = (index: number, axis: 0 | 1): number => points[((index + spans) % spans) * 2 + axis]!
  return flatten(at, spans)
}

const flatten = (at: (index: number, axis: 0 | 1) => number, spans: number): Stroke => {
  const flat = [at(0, 0), at(0, 1)]
  for (let span = 0; span < spans; span++)
    for (let piece = 1; piece <= PIECES_PER_SPAN; piece++)
      for (const axis of [0, 1] as const) {
        const [p0, p1, p2, p3] = [at(span - 1, axis), at(span, axis), at(span + 1, axis), at(span + 2, axis)]
        flat.push(catmullRom([p0, p1, p2, p3], piece / PIECES_PER_SPAN))
      }
  return flat
}

const catmullRom = (p: readonly [number, number, number, number], t: number): number =>
  0.5 *
  (2 * p[1] +
    (p[2] - p[0]) * t +
    (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * t * t +
    (3 * p[1] - p[0] - 3 * p[2] + p[3]) * t * t * t)

/**
 * Four ways to write each digit, indexed by digit. Several styles of one digit share few pixels, which is what
 * keeps a linear classifier from telling the digits apart by counting ink at fixed places.
 */
export const glyphs: readonly (readonly Glyph[])[] = [
  [
    [loop(30, 0, 8, 20, 3, 50, 8, 80, 30, 100, 52, 80, 57, 50, 52, 20)],
    [loop(30, 0, 16, 25, 14, 50, 16, 75, 30, 100, 44, 75, 46, 50, 44, 25)],
    [loop(30, 0, 8, 20, 3, 50, 8, 80, 30, 100, 52, 80, 57, 50, 52, 20), line(46, 18, 14, 82)],
    [curve(36, 4, 14, 14, 4, 45, 10, 84, 30, 98, 50, 82, 55, 45, 44, 12, 24, 3)],
  ],
  [
    [line(30, 0, 30, 100)],
    [line(12, 22, 32, 0, 32, 100)],
    [line(12, 22, 32, 0, 32, 100), line(10, 100, 54, 100)],
    [line(30, 0, 30, 100), line(12, 100, 48, 100)],
  ],
  [
    [curve(6, 22, 16, 4, 36, 1, 52, 16, 48, 40, 28, 68, 4, 98), line(4, 98, 58, 98)],
    [curve(8, 20, 20, 2, 42, 4, 50, 24, 38, 54, 18, 84, 6, 94, 6, 80, 18, 78, 36, 94, 58, 94)],
    [line(6, 2, 54, 2, 54, 48, 6, 52, 6, 98, 54, 98)],
    [curve(4, 16, 22, 0, 46, 6, 50, 28, 34, 52, 6, 96), curve(6, 96, 24, 86, 40, 98, 58, 90)],
  ],
  [
    [curve(6, 12, 26, 0, 50, 12, 46, 36, 24, 46), curve(24, 46, 52, 56, 54, 84, 28, 100, 4, 88)],
    [line(6, 2, 52, 2, 24, 40), curve(24, 40, 52, 50, 56, 78, 32, 100, 4, 90)],
    [line(6, 2, 54, 2, 54, 98, 6, 98), line(16, 50, 54, 50)],
    [curve(8, 14, 30, 0, 50, 16, 38, 40, 20, 50, 26, 42, 50, 58, 52, 86, 24, 100, 4, 84)],
  ],
  [
    [line(10, 0, 6, 56, 58, 56), line(44, 14, 44, 100)],
    [line(42, 100, 42, 0, 2, 66, 58, 66)],
    [curve(8, 4, 6, 34, 16, 52, 40, 50, 50, 40), line(50, 2, 46, 100)],
    [line(34, 0, 2, 72, 58, 72), line(40, 46, 40, 100)],
  ],
  [
    [line(52, 2, 12, 2, 8, 44), curve(8, 44, 30, 36, 54, 52, 52, 84, 28, 100, 4, 88)],
    [curve(54, 6, 28, 2, 8, 16, 12, 38, 40, 52, 54, 72, 38, 96, 4, 94)],
    [line(54, 2, 8, 2, 8, 48, 54, 50, 54, 98, 6, 98)],
    [line(14, 6, 12, 42), curve(12, 42, 40, 38, 54, 62, 42, 92, 6, 96), line(16, 6, 58, 0)],
  ],
  [
    [curve(48, 2, 22, 22, 6, 58, 14, 92, 38, 98, 54, 78, 42, 56, 20, 60, 8, 76)],
    [line(34, 0, 8, 64), loop(30, 52, 8, 74, 28, 100, 52, 76)],
    [curve(52, 10, 30, 0, 8, 30, 6, 74, 28, 100, 54, 80, 46, 54, 22, 52, 6, 70)],
    [line(52, 2, 8, 2, 8, 98, 54, 98, 54, 50, 8, 50)],
  ],
  [
    [line(4, 2, 56, 2, 22, 100)],
    [line(4, 2, 56, 2, 22, 100), line(14, 50, 50, 50)],
    [line(4, 18, 4, 2, 56, 2), curve(56, 2, 34, 40, 26, 70, 24, 100)],
    [curve(2, 12, 16, 2, 34, 8, 56, 2), line(56, 2, 30, 100)],
  ],
  [
    [loop(30, 48, 8, 28, 28, 0, 52, 22, 30, 48, 6, 74, 28, 100, 56, 76)],
    [loop(30, 0, 10, 22, 30, 46, 50, 22), loop(30, 46, 4, 74, 30, 100, 56, 74)],
    [curve(52, 8, 24, 2, 10, 20, 32, 46, 54, 74, 30, 100, 6, 78, 28, 48, 56, 6)],
    [line(8, 2, 54, 2, 54, 98, 8, 98, 8, 2), line(8, 50, 54, 50)],
  ],
  [
    [loop(30, 0, 8, 22, 28, 48, 52, 24), line(52, 12, 48, 100)],
    [curve(50, 26, 32, 48, 8, 34, 14, 6, 40, 0, 52, 24, 50, 64, 36, 98)],
    [curve(48, 16, 26, 0, 6, 24, 20, 48, 48, 30), curve(50, 8, 52, 60, 40, 98, 10, 92)],
    [line(54, 50, 8, 50, 8, 2, 54, 2, 54, 98, 8, 98)],
  ],
]
