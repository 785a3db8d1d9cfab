import type { Point } from './lines.js'
import type { Look } from './looks.js'
import type { Extent, LogAxis } from './scales.js'
import type { ChartSpec } from './vega.js'

/** Of the drawing, before the page scales it: close to the width of a phone, so that text stays legible there. */
const SIZE = { width: 320, height: 200 } as const
const SHAPES_PER_LINE = 6

export interface DrawnLine {
  readonly look: Look
  readonly points: readonly Point[]
  /** A second, faint line of the same look; empty when there is none. */
  readonly faint: readonly Point[]
  /** Whether to fill from `low` to `high` of the points. */
  readonly band: boolean
}

export interface LineChart {
  readonly lines: readonly DrawnLine[]
  readonly xTitle: string
  /** The greatest x; the axis begins at 0. */
  readonly xMost: number
  /** Whether x has no values in between, as rounds have not. */
  readonly xWhole: boolean
  readonly y: { readonly extent: Extent; readonly unit: '' | '%' } | LogAxis
  /** A dashed horizontal line. */
  readonly reference?: number | undefined
}

interface Datum {
  /** Index of the line, as text. */
  readonly line: string
  /** Position along the line. */
  readonly order: number
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
}

/** The chart for Vega-Lite, from back to front: reference, bands, faint lines, lines, shapes. */
export const lineChartSpec = (chart: LineChart): ChartSpec => {
  const floor = chart.y.extent[0]
  const data = chart.lines.map(({ points }, index) => datumsOf(points, index, floor))
  const faint = chart.lines.flatMap((line, index) => datumsOf(line.faint, index, floor))
  const bands = data.filter((_, index) => chart.lines[index]!.band).flat()
  const channels = channelsOf(chart)
  const { x, y, colour: color, dash: strokeDash, shape, order } = channels
  const detail = { field: 'line' } as const
  const line = { type: 'line', interpolate: 'linear', strokeWidth: 2, strokeJoin: 'round' } as const
  const band = { y: { ...y, field: 'low' }, y2: { field: 'high' } } as const
  const all = [
    {
      data: { values: chart.reference === undefined ? [] : [{ y: chart.reference }] },
      mark: { type: 'rule', strokeDash: [4, 3], color: 'currentColor', opacity: 0.6 },
      encoding: { y },
    },
    {
      data: { values: bands },
      mark: { type: 'area', opacity: 0.16 },
      encoding: { x, ...band, fill: color, detail },
    },
    {
      data: { values: faint },
      mark: { ...line, strokeWidth: 1.2, opacity: 0.5 },
      encoding: { x, y, stroke: color, strokeDash, detail, order },
    },
    {
      data: { values: data.flat() },
      mark: line,
      encoding: { x, y, stroke: color, strokeDash, detail, order },
    },
    {
      data: { values: data.flatMap(withShape) },
      mark: { type: 'point', filled: true, size: 46, opacity: 1 },
      encoding: { x, y, fill: color, shape },
    },
  ]
  // The last two draw the axes too, so they stay even when they are empty.
  const layer = all.filter(({ data: { values } }, index) => index >= 3 || values.length > 0)
  return { ...SIZE, layer }
}

const channelsOf = ({ lines, xTitle, xMost, xWhole, y }: LineChart) => {
  const domain = lines.map((_, index) => String(index))
  const looks = lines.map(({ look }) => look)
  const byLine = <Range>(range: readonly Range[]) =>
    ({ field: 'line', type: 'nominal', scale: { domain, range }, legend: null }) as const
  return {
    x: {
      field: 'x',
      type: 'quantitative',
      scale: { domain: [0, xMost > 0 ? xMost : 1], nice: false },
      axis: { title: xTitle, tickCount: 5, grid: false, ...(xWhole ? { tickMinStep: 1 } : {}) },
    },
    y: { field: 'y', type: 'quantitative', ...yOf(y) },
    colour: byLine(looks.map(({ colour }) => colour)),
    dash: byLine(looks.map(({ dash }) => (dash.length === 0 ? [1, 0] : dash))),
    shape: byLine(looks.map(({ shape }) => shape)),
    order: { field: 'order', type: 'quantitative' },
  } as const
}

const yOf = (y: LineChart['y']) => {
  if ('ticks' in y) {
    const axis = { title: null, values: y.ticks, format: '~g' }
    return { scale: { type: 'log', domain: y.extent, nice: false }, axis } as const
  }
  const axis = { title: null, tickCount: 5, ...(y.unit === '' ? {} : { labelExpr: "datum.label + ' %'" }) }
  return { scale: { domain: y.extent, nice: true, zero: false }, axis } as const
}

/** What lies below the axis is drawn on its lower edge. */
const datumsOf = (points: readonly Point[], index: number, floor: number): Datum[] =>
  points.map(({ x, y, low, high }, order) => ({
    line: String(index),
    order,
    x,
    y: Math.max(y, floor),
    low: Math.max(low, floor),
    high: Math.max(high, floor),
  }))

/** A few points of each line, at other places than its neighbours' so that they do not cover each other. */
const withShape = (datums: readonly Datum[], index: number): Datum[] => {
  if (datums.length <= SHAPES_PER_LINE) return [...datums]
  const shift = ((index * 2) % 5) / 5
  const at = (position: number): number => Math.floor(((position + shift) * datums.length) / SHAPES_PER_LINE)
  return Array.from({ length: SHAPES_PER_LINE }, (_, position) => datums[at(position)]!)
}
