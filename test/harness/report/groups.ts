import { canonicalJson } from '../../../protocols/run/index.js'
import type { FailureRecord, ResultRecord, RoundRecord, SimulationRecord } from '../cell/records.js'
import type { CellSettings } from '../cell/settings.js'
import { compare, compareOptions, labelOf, optionsOf, type Comparison } from './options.js'

/** One cell, as far as the records tell. */
export interface Cell {
  readonly id: string
  readonly settings: CellSettings
  readonly labelCounts: readonly (readonly number[])[] | null
  readonly rounds: readonly RoundRecord[]
  readonly result: ResultRecord | null
  readonly failure: FailureRecord | null
}

/** Cells that differ only in their seed, by seed. */
export interface Group {
  readonly label: string
  readonly cells: readonly Cell[]
}

export interface Study {
  readonly groups: readonly Group[]
  readonly comparison: Comparison
  /** Failures of cells about which nothing else is known. */
  readonly strayFailures: readonly FailureRecord[]
}

/**
 * Sorts records into groups. The order in which cells ended makes no difference: groups are sorted by the options in
 * which they differ. A cell that was begun anew counts as it went the last time.
 */
export const studyOf = (records: readonly SimulationRecord[]): Study => {
  const { cells, strayFailures } = cellsOf(records)
  const byOptions = new Map<string, Cell[]>()
  for (const cell of cells) {
    const key = canonicalJson({ ...cell.settings, seed: null })
    const same = byOptions.get(key)
    if (same === undefined) byOptions.set(key, [cell])
    else same.push(cell)
  }
  const gathered = [...byOptions].map(([key, group]) => ({
    key,
    cells: group.sort((a, b) => a.settings.seed - b.settings.seed),
    options: optionsOf(group[0]!.settings),
  }))
  const comparison = compare(gathered.map(({ options }) => options))
  const byDifference = compareOptions(comparison.differing)
  // The key decides between groups that look the same here, such as one baseline under two topologies.
  gathered.sort((a, b) => byDifference(a.options, b.options) || (a.key < b.key ? -1 : 1))
  const labels = distinct(gathered.map(({ options }) => labelOf(options, comparison.differing)))
  const groups = gathered.map((group, index) => ({ label: labels[index]!, cells: group.cells }))
  return { groups, comparison, strayFailures }
}

interface OpenCell {
  readonly id: string
  readonly settings: CellSettings
  readonly labelCounts: Cell['labelCounts']
  readonly rounds: RoundRecord[]
  result: ResultRecord | null
  failure: FailureRecord | null
}

const cellsOf = (
  records: readonly SimulationRecord[],
): { readonly cells: readonly Cell[]; readonly strayFailures: readonly FailureRecord[] } => {
  const cells = new Map<string, OpenCell>()
  const strays = new Map<string, FailureRecord>()
  for (const record of records) {
    const cell = cells.get(record.cell)
    switch (record.type) {
      case 'cell': {
        const { cell: id, settings, labelCounts } = record
        cells.set(id, { id, settings, labelCounts, rounds: [], result: null, failure: null })
        strays.delete(id)
        break
      }
      case 'round':
        cell?.rounds.push(record)
        break
      case 'result':
        if (cell !== undefined) cell.result = record
        break
      case 'failure':
        if (cell === undefined) strays.set(record.cell, record)
        else cell.failure = record
        break
    }
  }
  const byId = (a: FailureRecord, b: FailureRecord): number => (a.cell < b.cell ? -1 : 1)
  return { cells: [...cells.values()], strayFailures: [...strays.values()].sort(byId) }
}

/** Labels shorten long values and leave out what makes no difference, so two may be equal: those get a number. */
const distinct = (labels: readonly string[]): string[] => {
  const seen = new Map<string, number>()
  return labels.map((label) => {
    const count = (seen.get(label) ?? 0) + 1
    seen.set(label, count)
    return count === 1 ? label : `${label} (${count})`
  })
}
