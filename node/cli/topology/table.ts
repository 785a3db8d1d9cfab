import { size } from '../../units.js'
import {
  connectedCell,
  degreeCell,
  diameterCell,
  gapCell,
  halvedCell,
  NONE,
  orNone,
  roundsOf,
  short,
} from './cells.js'
import type { TopologyFigures } from './figures.js'
import type { KindLine } from './kinds.js'

interface Column {
  readonly title: string
  readonly cell: (figures: TopologyFigures) => string
  /** Words stand at the left, numbers at the right. */
  readonly align: 'left' | 'right'
}

const words = (title: string, cell: Column['cell']): Column => ({ title, cell, align: 'left' })
const numbers = (title: string, cell: Column['cell']): Column => ({ title, cell, align: 'right' })

const COLUMNS: readonly Column[] = [
  words('topology', ({ topology }) => topology),
  words('kind', ({ kind }) => kind),
  numbers('degree', degreeCell),
  words('connected', connectedCell),
  numbers('diameter', diameterCell),
  numbers('spectral gap', gapCell),
  numbers('over', ({ kind, rounds }) => (kind === 'fixed' || rounds === null ? NONE : roundsOf(rounds))),
  numbers('halved in', halvedCell),
  numbers('pulls/peer', ({ snapshotsPerPeer }) => orNone(snapshotsPerPeer, short)),
  numbers('pulls in all', ({ snapshotsInAll }) => orNone(snapshotsInAll, short)),
  numbers('bytes/peer', ({ bytesPerPeer }) => orNone(bytesPerPeer, (bytes) => size(Math.round(bytes)))),
]

/** A head and a line for each topology. Columns are as wide as their widest cell. */
export const topologyTable = (rows: readonly TopologyFigures[]): readonly string[] => {
  const cells = [
    COLUMNS.map(({ title }) => title),
    ...rows.map((row) => COLUMNS.map(({ cell }) => cell(row))),
  ]
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)))
  return cells.map((line) =>
    line
      .map((cell, column) =>
        COLUMNS[column]!.align === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** What the columns mean. */
export const tableNotes = (model: string): readonly string[] => [
  'degree: neighbours, fewest / mean / most. spectral gap: part of the disagreement that a round of mixing removes, for',
  'time-varying ones the mean over so many rounds. halved in: rounds of mixing, without training, until half of it is left.',
  `pulls: models fetched in a round, by one peer and by all. bytes: of ${model} as float32, without frames.`,
]

/** The list of all kinds. */
export const kindTable = (kinds: readonly KindLine[]): readonly string[] => {
  const width = Math.max(...kinds.map(({ usage }) => usage.length))
  return kinds.map(({ usage, summary }) => `${usage.padEnd(width)}  ${summary}`)
}
