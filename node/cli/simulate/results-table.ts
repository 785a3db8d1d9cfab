import { cellIdOf, type CellSettings } from '../../../test/harness/cell/settings.js'
import type { ResultRecord } from '../../../test/harness/cell/records.js'
import { lookedAt } from '../../../test/harness/report/looked-at.js'
import type { Cell } from '../../../test/harness/sweep/index.js'
import { percent } from '../../units.js'
import type { TextColumn } from '../text-table.js'
import { figures, secondsTaken, type Figure } from './figures.js'
import { IDLE, labelOf } from './labels.js'
import { createSettingsTable } from './settings-table.js'

type Key = keyof CellSettings

/** A table that grows while cells end. */
export interface GrowingTable {
  readonly head: readonly string[]
  /** The lines for a cell that has ended. */
  row(cell: Pick<Cell, 'settings'>, result: ResultRecord): readonly string[]
}

/**
 * @param keys the settings to show.
 * @param cells all that may have a row: they decide the widths.
 */
export const createGrowingTable = (
  keys: readonly Key[],
  cells: readonly Pick<Cell, 'settings'>[],
): GrowingTable => {
  const columns = [...figures, secondsTaken]
  const table = createSettingsTable({ keys, cells, columns: columns.map((figure) => columnOf(figure)) })
  return {
    head: table.head,
    row: (cell, result) =>
      table.row(
        cell,
        columns.map(({ text }) => text([result])),
      ),
  }
}

const columnOf = ({ title, width }: Figure, texts: readonly string[] = []): TextColumn => ({
  title,
  align: 'right',
  width: texts.length === 0 ? width : Math.max(...texts.map((text) => text.length)),
})

/** The final table: cells that differ only in their seed share a row, in the order of the cells. */
export const finalTable = (
  cells: readonly Cell[],
  keys: readonly Key[],
  results: ReadonlyMap<string, ResultRecord>,
): readonly string[] => {
  const groups = groupsOf(cells.filter(({ id }) => results.has(id)))
  const rows = groups.map((group) => figures.map(({ text }) => text(group.map(({ id }) => results.get(id)!))))
  const table = createSettingsTable({
    keys: keys.filter((key) => key !== 'seed'),
    cells,
    columns: figures.map((figure, index) =>
      columnOf(
        figure,
        rows.map((row) => row[index]!),
      ),
    ),
  })
  const seeds = groups.reduce((most, group) => Math.max(most, group.length), 0)
  return [
    ...(seeds > 1 ? [`mean over ${seeds} seeds, ± half the range`] : []),
    ...table.head,
    ...groups.flatMap((group, index) => table.row(group[0]!, rows[index]!)),
    ...notesOn(cells, keys),
  ]
}

const groupsOf = (cells: readonly Cell[]): readonly (readonly Cell[])[] => {
  const groups = new Map<string, Cell[]>()
  for (const cell of cells) {
    const key = cellIdOf({ ...cell.settings, seed: 0 })
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  return [...groups.values()]
}

const notesOn = (cells: readonly Cell[], keys: readonly Key[]): readonly string[] => {
  const targets = new Set(cells.map(({ settings }) => settings.target))
  const [target] = targets
  const looked = lookedAt(cells.map(({ settings }) => settings.evaluateEvery))
  const idle = cells.some(({ settings }) => keys.some((key) => labelOf(settings, key) === IDLE))
  return [
    `to target: rounds until the local mean is ${targets.size === 1 ? percent(target!) : 'the target'}${looked === '' ? '' : `, ${looked}`}; – where it never was`,
    ...(idle ? ['– as a setting: it makes no difference to that row'] : []),
  ]
}
