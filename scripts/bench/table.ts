import { headOf, lineOf, type TextColumn } from '../../node/cli/text-table.js'
import type { BenchResult } from './contract.js'

const HEADINGS = ['what', 'ours', 'reference', 'ratio', 'goal', 'met'] as const
const LEFT: readonly string[] = ['what', 'goal', 'met']

/** The lines of the table, as wide as its widest cells. */
export const tableOf = (results: readonly BenchResult[]): readonly string[] => {
  const rows = results.map(cellsOf)
  const columns = HEADINGS.map((title, index): TextColumn => {
    const width = Math.max(0, ...rows.map((cells) => cells[index]!.length))
    return { title: [title], align: LEFT.includes(title) ? 'left' : 'right', width }
  })
  return [...headOf(columns), ...rows.map((cells) => lineOf(columns, cells))]
}

const cellsOf = ({
  group,
  name,
  value,
  unit,
  reference,
  ratio,
  goal,
  met,
}: BenchResult): readonly string[] => [
  `${group}: ${name}`,
  `${figure(value)} ${unit}`,
  reference === null ? '–' : `${figure(reference)} ${unit}`,
  ratio === null ? '–' : figure(ratio),
  goal ?? '–',
  met === null ? '–' : met ? 'met' : 'NOT MET',
]

/** Three digits that count, thousands apart: `0.62`, `16.1`, `78,000`. */
const figure = (value: number): string =>
  value.toLocaleString('en-GB', {
    maximumSignificantDigits: Math.abs(value) >= 1000 ? Math.trunc(Math.abs(value)).toString().length : 3,
  })
