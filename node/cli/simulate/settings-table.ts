import type { CellSettings } from '../../../test/harness/cell/settings.js'
import type { Cell } from '../../../test/harness/sweep/index.js'
import { headOf, lineOf, TABLE_WIDTH, widthOfTable, type TextColumn } from '../text-table.js'
import { IDLE, labelOf, titleOf } from './labels.js'

type Key = keyof CellSettings
type Settings = Pick<Cell, 'settings'>

export interface SettingsTable {
  readonly head: readonly string[]
  /** The lines for one cell: its settings and what stands in the other columns. */
  row(cell: Settings, texts: readonly string[]): readonly string[]
}

/**
 * A table with the settings of cells at the left, those that change most seldom first. Those that there is no room for
 * stand in a line of their own above the rows that have them in common.
 * @param cells all that may have a row, in order.
 * @param columns what stands at the right of the settings.
 */
export const createSettingsTable = ({
  keys,
  cells,
  columns,
}: {
  readonly keys: readonly Key[]
  readonly cells: readonly Settings[]
  readonly columns: readonly TextColumn[]
}): SettingsTable => {
  const ordered = seldomFirst(keys, cells).map((key) => ({ key, ...columnOf(key, cells) }))
  const tooWide = (from: number): boolean => widthOfTable([...ordered.slice(from), ...columns]) > TABLE_WIDTH
  let from = 0
  while (from < ordered.length && tooWide(from)) from += 1
  const above = ordered.slice(0, from)
  const beside = ordered.slice(from)
  const all = [...beside, ...columns]
  let last = ''
  return {
    head: headOf(all),
    row({ settings }, texts) {
      const common = named(
        settings,
        above.map(({ key }) => key),
      )
      const heading = common === last ? [] : [`${common}:`]
      last = common
      return [...heading, lineOf(all, [...beside.map(({ key }) => labelOf(settings, key)), ...texts])]
    },
  }
}

const columnOf = (key: Key, cells: readonly Settings[]): TextColumn => ({
  title: [titleOf(key)],
  align: 'left',
  width: cells.reduce((most, { settings }) => Math.max(most, labelOf(settings, key).length), 0),
})

/** By how often each changes from one cell to the next. */
const seldomFirst = (keys: readonly Key[], cells: readonly Settings[]): readonly Key[] => {
  const changes = new Map(
    keys.map((key) => {
      const labels = cells.map(({ settings }) => labelOf(settings, key))
      return [key, labels.filter((label, index) => index > 0 && label !== labels[index - 1]).length]
    }),
  )
  return [...keys].sort((a, b) => changes.get(a)! - changes.get(b)!)
}

/** `topology ring, rule mean`; what makes no difference is left out, unless nothing does. */
const named = (settings: CellSettings, keys: readonly Key[]): string => {
  const used = keys.filter((key) => labelOf(settings, key) !== IDLE)
  return used.length > 0
    ? used.map((key) => `${titleOf(key)} ${labelOf(settings, key)}`).join(', ')
    : keys.map((key) => `no ${titleOf(key)}`).join(', ')
}
