/** Characters of the longest line that a table may have: what a terminal shows beside another window. */
export const TABLE_WIDTH = 100

const GAP = '  '

export interface TextColumn {
  /** Lines of the heading, from above. */
  readonly title: readonly string[]
  /** Words stand at the left, numbers at the right. */
  readonly align: 'left' | 'right'
  /** Characters of the widest cell that is foreseen; a heading that is wider widens the column. */
  readonly width: number
}

const widthOf = ({ title, width }: TextColumn): number => Math.max(width, ...title.map((line) => line.length))

/** Characters of a line of the table. */
export const widthOfTable = (columns: readonly TextColumn[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0) + GAP.length * Math.max(0, columns.length - 1)

/** The headings, those of fewer lines at the bottom. */
export const headOf = (columns: readonly TextColumn[]): readonly string[] => {
  const height = Math.max(0, ...columns.map(({ title }) => title.length))
  return Array.from({ length: height }, (_, line) =>
    lineOf(
      columns,
      columns.map(({ title }) => title[line - height + title.length] ?? ''),
    ),
  )
}

/** One line, with a cell for each column. */
export const lineOf = (columns: readonly TextColumn[], cells: readonly string[]): string =>
  columns
    .map((column, index) => {
      const cell = cells[index]!
      return column.align === 'left' ? cell.padEnd(widthOf(column)) : cell.padStart(widthOf(column))
    })
    .join(GAP)
    .trimEnd()
