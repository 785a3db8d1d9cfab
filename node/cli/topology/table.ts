import { size } from '../../units.js'
import { headOf, lineOf, TABLE_WIDTH, widthOfTable, type TextColumn } from '../text-table.js'
import {
  degreeCell,
  diameterCell,
  gapCell,
  halvedCell,
  orNone,
  partsCell,
  short,
  variesCell,
} from './cells.js'
import type { TopologyFigures } from './figures.js'
import type { KindLine } from './kinds.js'

interface Column extends Pick<TextColumn, 'title' | 'align'> {
  readonly cell: (figures: TopologyFigures) => string
}

const numbers = (title: readonly string[], cell: Column['cell']): Column => ({ title, cell, align: 'right' })

const COLUMNS: readonly Column[] = [
  { title: ['topology'], cell: ({ topology }) => topology, align: 'left' },
  { title: ['time-', 'varying'], cell: variesCell, align: 'left' },
  numbers(['degree'], degreeCell),
  numbers(['parts'], partsCell),
  numbers(['diameter'], diameterCell),
  numbers(['spectral', 'gap'], gapCell),
  numbers(['halved in', 'rounds'], halvedCell),
  numbers(['pulls', 'a peer'], ({ snapshotsPerPeer }) => orNone(snapshotsPerPeer, short)),
  numbers(['bytes', 'a peer'], ({ bytesPerPeer }) =>
    orNone(bytesPerPeer, (bytes) => size(Math.round(bytes))),
  ),
]

/**
 * A head and a line for each topology. Columns are as wide as their widest cell; long names, which are those of files,
 * lose their middle where the table would be too wide.
 */
export const topologyTable = (rows: readonly TopologyFigures[]): readonly string[] => {
  const cells = rows.map((row) => COLUMNS.map(({ cell }) => cell(row)))
  const columns = COLUMNS.map((column, index) => ({
    ...column,
    width: Math.max(...cells.map((line) => line[index]!.length)),
  }))
  const [names, ...figures] = columns
  const room = TABLE_WIDTH - widthOfTable(columns) + names!.width
  const fitted = [{ ...names!, width: Math.min(names!.width, room) }, ...figures]
  return [
    ...headOf(fitted),
    ...cells.map(([name, ...others]) => lineOf(fitted, [withoutMiddle(name!, room), ...others])),
  ]
}

const withoutMiddle = (text: string, lengthMax: number): string => {
  if (text.length <= lengthMax) return text
  const end = Math.floor((lengthMax - 1) / 2)
  return `${text.slice(0, lengthMax - 1 - end)}…${text.slice(text.length - end)}`
}

/** What the columns mean. */
export const tableNotes = (model: string): readonly string[] => [
  'time-varying: no, or over how many rounds it was measured. degree: neighbours, fewest/mean/most.',
  'parts: pieces that the graph falls into; 1 is connected. spectral gap: part of the disagreement',
  'that a round of mixing removes. halved in: rounds of mixing, without training, until half is left.',
  `pulls: models that a peer fetches in a round. bytes: of ${model} as float32, without frames.`,
]

/** The list of all kinds. */
export const kindTable = (kinds: readonly KindLine[]): readonly string[] => {
  const width = Math.max(...kinds.map(({ usage }) => usage.length))
  return kinds.map(({ usage, summary }) => `${usage.padEnd(width)}  ${summary}`)
}
