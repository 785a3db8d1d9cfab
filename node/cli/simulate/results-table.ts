import { cellIdOf, type CellSettings } from '../../../test/harness/cell/settings.js'
import type { ResultRecord } from '../../../test/harness/cell/records.js'
import type { Cell } from '../../../test/harness/sweep/index.js'
import { percent, size } from '../../units.js'
import { labelOf, titleOf } from './labels.js'

/** What a figure was over the seeds: mean, and half the distance from the least to the most. */
interface Spread {
  readonly mean: number
  readonly half: number
}

const spread = (values: readonly number[]): Spread => ({
  mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  half: (Math.max(...values) - Math.min(...values)) / 2,
})

/** `93.4 % ±0.3`; without the second part for a single seed. */
const percents = (values: readonly number[]): string => {
  if (!values.every(Number.isFinite)) return percent(null)
  const { mean, half } = spread(values)
  return values.length === 1 ? percent(mean) : `${percent(mean)} ±${(100 * half).toFixed(1)}`
}

const bytes = (value: number): string => size(value < 1000 ? Math.round(value) : value)

/** Mean round over those that reached the target, and how many did where some did not. */
const toTarget = (rounds: readonly (number | null)[]): string => {
  const reached = rounds.filter((value) => value !== null)
  if (reached.length === 0) return '–'
  const { mean } = spread(reached)
  const text = Number.isInteger(mean) ? String(mean) : mean.toFixed(1)
  return reached.length === rounds.length ? text : `${text} (${reached.length} of ${rounds.length})`
}

const mean = (results: readonly ResultRecord[], figure: (result: ResultRecord) => number): number =>
  spread(results.map(figure)).mean

const COLUMNS: readonly {
  readonly title: string
  /** Of the widest value: rows are printed before all are known. */
  readonly width: number
  readonly cell: (results: readonly ResultRecord[]) => string
}[] = [
  { title: 'to target', width: 13, cell: (all) => toTarget(all.map((one) => one.roundsToTarget)) },
  { title: 'local mean', width: 12, cell: (all) => percents(all.map((one) => one.localAccuracyMean)) },
  { title: 'local min', width: 12, cell: (all) => percents(all.map((one) => one.localAccuracyMin)) },
  { title: 'merged', width: 12, cell: (all) => percents(all.map((one) => one.mergedAccuracy)) },
  {
    title: 'consensus dist.',
    width: 15,
    cell: (all) => mean(all, (one) => one.consensusDistance).toFixed(3),
  },
  { title: 'sent/peer', width: 9, cell: (all) => bytes(mean(all, (one) => one.bytesSentPerPeer)) },
  { title: 'seconds', width: 8, cell: (all) => mean(all, (one) => one.seconds).toFixed(1) },
]

export interface ResultsTable {
  readonly head: string
  /** One row for cells that differ in nothing that the table shows. */
  row(cell: Pick<Cell, 'settings'>, results: readonly ResultRecord[]): string
}

/**
 * A table with the settings that vary, then the figures.
 * @param keys the settings to show.
 * @param cells all cells that will have a row: they decide the widths.
 */
export const createResultsTable = (
  keys: readonly (keyof CellSettings)[],
  cells: readonly Pick<Cell, 'settings'>[],
): ResultsTable => {
  const labelWidths = keys.map((key) =>
    cells.reduce((most, { settings }) => Math.max(most, labelOf(settings, key).length), titleOf(key).length),
  )
  const line = (labels: readonly string[], figures: readonly string[]): string =>
    [
      ...labels.map((label, index) => label.padEnd(labelWidths[index]!)),
      ...figures.map((figure, index) => figure.padStart(COLUMNS[index]!.width)),
    ].join('  ')
  return {
    head: line(
      keys.map(titleOf),
      COLUMNS.map(({ title }) => title),
    ),
    row: ({ settings }, results) =>
      line(
        keys.map((key) => labelOf(settings, key)),
        COLUMNS.map(({ cell }) => cell(results)),
      ),
  }
}

/** The final table: cells that differ only in their seed share a row, in the order of the cells. */
export const finalTable = (
  cells: readonly Cell[],
  keys: readonly (keyof CellSettings)[],
  results: ReadonlyMap<string, ResultRecord>,
): readonly string[] => {
  const shown = keys.filter((key) => key !== 'seed')
  const groups = new Map<string, Cell[]>()
  for (const cell of cells) {
    if (!results.has(cell.id)) continue
    const key = cellIdOf({ ...cell.settings, seed: 0 })
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  const table = createResultsTable(shown, cells)
  const rows = [...groups.values()].map((group) =>
    table.row(
      group[0]!,
      group.map(({ id }) => results.get(id)!),
    ),
  )
  const seeds = [...groups.values()].reduce((most, group) => Math.max(most, group.length), 0)
  const title = seeds > 1 ? [`mean over ${seeds} seeds, ± half the range`] : []
  return [...title, table.head, ...rows]
}
