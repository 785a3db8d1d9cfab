import type { RoundRecord } from '../cell/records.js'
import type { Group } from './groups.js'
import { lineChartSpec, type DrawnLine, type LineChart } from './line-chart.js'
import { hasRange, lineOf, type Measure, type Point } from './lines.js'
import type { Look } from './looks.js'
import { byteUnitFor, formats, timeUnitFor, type Unit } from './numbers.js'
import { extentOf, logAxisOf, padded, type Extent } from './scales.js'
import { drawSvg, type DrawnSvg } from './vega.js'

export interface ShownGroup {
  readonly group: Group
  readonly look: Look
}

export type Against = 'rounds' | 'bytes' | 'time'

/** What a chart shows of the groups. */
export interface Quantity {
  /** `local accuracy` */
  readonly name: string
  readonly y: Measure
  /** Drawn as a faint line beside it. */
  readonly faint?: Measure
  readonly scale: 'percent' | 'linear' | 'log'
  /** A value to draw a line at. */
  readonly reference?: number | undefined
  /** Values that the axis must hold, so that charts side by side have the same one. */
  readonly holds?: Extent | undefined
}

const HUNDRED: Extent = [0, 100]
const ANY: Extent = [0, Infinity]
const FULL: Unit = { name: '', of: 1 }

const AXES: Readonly<
  Record<
    Against,
    {
      readonly x: (record: RoundRecord) => number
      readonly name: string
      readonly unit: (most: number) => Unit
    }
  >
> = {
  rounds: { x: ({ round }) => round, name: 'rounds', unit: () => FULL },
  bytes: { x: ({ bytesSentPerPeer }) => bytesSentPerPeer, name: 'sent per peer', unit: byteUnitFor },
  time: { x: ({ virtualMs }) => virtualMs, name: 'virtual time', unit: timeUnitFor },
}

/** A drawing, or why there is none: `title` says what it would have shown. */
export type Chart = (DrawnSvg & { readonly note: string }) | { readonly why: string; readonly title: string }

/** Draws one quantity of all groups against one axis. */
export const drawQuantity = async (
  groups: readonly ShownGroup[],
  quantity: Quantity,
  against: Against,
): Promise<Chart> => {
  const axis = AXES[against]
  const title = `${quantity.name} against ${axis.name}`
  const all = linesOf(groups, quantity, axis.x)
  const silent = against === 'bytes' ? all.filter(sendsNothing) : []
  const measured = all.map((line) => (silent.includes(line) ? { ...line, points: [], faint: [] } : line))
  const xMost = extentOf(measured.flatMap(({ points }) => points.map(({ x }) => x)))?.[1]
  if (xMost === undefined)
    return { why: silent.length > 0 ? 'No group sends anything.' : 'Nothing was measured.', title }
  const unit = axis.unit(xMost)
  const lines = measured.map((line) => ({
    ...line,
    points: inUnit(line.points, unit),
    faint: inUnit(line.faint, unit),
  }))
  const y = yAxisOf(lines, quantity)
  if (y === null) return { why: 'All values are 0, which a log scale cannot show.', title }
  const { scale, reference } = quantity
  const chart: LineChart = {
    lines,
    xTitle: unit.name === '' ? axis.name : `${axis.name} (${unit.name})`,
    xMost: xMost / unit.of,
    xWhole: against === 'rounds',
    y,
    reference: reference === undefined || scale !== 'percent' ? reference : 100 * reference,
  }
  const drawn = await drawSvg(lineChartSpec(chart), `${title}. ${endsOf(groups, lines, scale)}`)
  const names = groups.flatMap(({ group }, index) => (silent.includes(all[index]!) ? [group.label] : []))
  return { ...drawn, note: names.length === 0 ? '' : `Sends nothing, so not shown: ${names.join('; ')}.` }
}

/** It would stand on the left edge as a vertical line that means nothing. */
const sendsNothing = ({ points }: DrawnLine): boolean => points.length > 0 && points.every(({ x }) => x === 0)

const linesOf = (
  groups: readonly ShownGroup[],
  { y, faint, scale }: Quantity,
  x: Measure,
): readonly DrawnLine[] => {
  const scaled =
    (measure: Measure): Measure =>
    (record) => {
      const value = measure(record)
      return value == null ? value : value * (scale === 'percent' ? 100 : 1)
    }
  return groups.map(({ group, look }) => ({
    look,
    points: lineOf(group, { x, y: scaled(y) }),
    faint: faint === undefined ? [] : lineOf(group, { x, y: scaled(faint) }),
    band: hasRange(group),
  }))
}

const inUnit = (points: readonly Point[], { of }: Unit): Point[] =>
  points.map((point) => ({ ...point, x: point.x / of }))

const yAxisOf = (
  lines: readonly DrawnLine[],
  { scale, reference, holds }: Quantity,
): LineChart['y'] | null => {
  const values = lines.flatMap(({ points, faint }) => [
    ...points.flatMap(({ low, high }) => [low, high]),
    ...faint.map(({ y }) => y),
  ])
  if (scale === 'log') return logAxisOf(values)
  const marks = reference === undefined ? [] : [reference * (scale === 'percent' ? 100 : 1)]
  const extent = extentOf([...values, ...marks, ...(holds ?? [])])!
  return scale === 'percent'
    ? { extent: padded(extent, 0.5, HUNDRED), unit: '%' }
    : { extent: padded(extent, 0.05, ANY), unit: '' }
}

/** For those who hear the page: where the lines end. */
const endsOf = (
  groups: readonly ShownGroup[],
  lines: readonly DrawnLine[],
  scale: Quantity['scale'],
): string => {
  const format = scale === 'percent' ? (value: number) => formats.percent(value / 100) : formats.distance
  const ends = lines.flatMap(({ points }, index) => {
    const last = points.at(-1)
    return last === undefined ? [] : [`${groups[index]!.group.label}: ${format(last.y)}`]
  })
  return `At the end ${ends.join('; ')}.`
}
