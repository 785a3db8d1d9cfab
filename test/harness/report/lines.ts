import type { RoundRecord } from '../cell/records.js'
import type { Cell, Group } from './groups.js'
import { spreadOf } from './numbers.js'

/** More than this cannot be told apart on a chart a few hundred pixels wide. */
export const POINTS_MAX = 400

/** Mean over the seeds that measured this round. */
export interface Point {
  readonly round: number
  readonly x: number
  readonly y: number
  /** Least and greatest of the seeds. */
  readonly low: number
  readonly high: number
}

export type Measure = (record: RoundRecord) => number | null | undefined

/**
 * One group's line: `y` against `x`, both means over the seeds, in the order of the rounds, at most `POINTS_MAX` points.
 * Values that are not finite are left out.
 */
export const lineOf = (group: Group, { x, y }: { readonly x: Measure; readonly y: Measure }): Point[] => {
  const byRound = new Map<number, { xs: number[]; ys: number[] }>()
  for (const record of drawnRounds(group)) {
    const at = { x: x(record), y: y(record) }
    if (!Number.isFinite(at.x) || !Number.isFinite(at.y)) continue
    const found = byRound.get(record.round) ?? { xs: [], ys: [] }
    found.xs.push(at.x!)
    found.ys.push(at.y!)
    byRound.set(record.round, found)
  }
  const points = [...byRound]
    .sort(([a], [b]) => a - b)
    .map(([round, { xs, ys }]): Point => {
      const over = spreadOf(ys)!
      return { round, x: spreadOf(xs)!.mean, y: over.mean, low: over.least, high: over.most }
    })
  return thin(points)
}

/** At most `most` of the items, evenly spaced, the first and the last among them. */
export const thin = <Item>(items: readonly Item[], most: number = POINTS_MAX): Item[] => {
  if (items.length <= most) return [...items]
  return Array.from(
    { length: most },
    (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!,
  )
}

/** Cells of which something can be drawn: those that failed are left out, for where they end a mean would jump. */
const drawnCells = ({ cells }: Group): readonly Cell[] =>
  cells.filter(({ rounds, failure }) => rounds.length > 0 && failure === null)

/** All measurements that the charts rest on. */
export const drawnRounds = (group: Group): readonly RoundRecord[] =>
  drawnCells(group).flatMap(({ rounds }) => rounds)

/** Whether more than one seed of the group is drawn, so that there is a range to show. */
export const hasRange = (group: Group): boolean => drawnCells(group).length > 1

export const isDrawable = (group: Group): boolean => drawnCells(group).length > 0
