import type { ResultRecord } from '../cell/records.js'
import type { Group } from './groups.js'
import { sampleOf, type Look } from './looks.js'
import { markup, nothing, type Markup } from './markup.js'
import { formats, formatSeeds, spreadOf, type Spread } from './numbers.js'

interface Column {
  readonly title: string
  readonly value: (result: ResultRecord) => number | null
  readonly format: (value: number) => string
  readonly better: 'higher' | 'lower'
}

const COLUMNS: readonly Column[] = [
  {
    title: 'rounds to target',
    value: ({ roundsToTarget }) => roundsToTarget,
    format: formats.count,
    better: 'lower',
  },
  { title: 'local mean', value: (r) => r.localAccuracyMean, format: formats.percent, better: 'higher' },
  { title: 'local min', value: (r) => r.localAccuracyMin, format: formats.percent, better: 'higher' },
  { title: 'merged', value: (r) => r.mergedAccuracy, format: formats.percent, better: 'higher' },
  { title: 'consensus dist.', value: (r) => r.consensusDistance, format: formats.distance, better: 'lower' },
  { title: 'sent/peer', value: (r) => r.bytesSentPerPeer, format: formats.size, better: 'lower' },
  { title: 'virtual time', value: (r) => r.virtualMs, format: formats.duration, better: 'lower' },
  { title: 'wall time', value: (r) => 1000 * r.seconds, format: formats.duration, better: 'lower' },
]

const TARGET_COLUMN = 0

export interface TableRow {
  readonly group: Group
  /** Null for a group that the charts do not show. */
  readonly look: Look | null
}

/** One row per group: the mean over its seeds, and below it the least and the greatest where they differ. */
export const resultsTable = (rows: readonly TableRow[], targetNote: string): Markup => {
  const spreads = rows.map(({ group }) =>
    COLUMNS.map((column) => spreadOf(resultsOf(group).map(column.value))),
  )
  const best = COLUMNS.map((column, index) => bestOf(rows, spreads, { column, index }))
  const head = COLUMNS.map(
    ({ title }, index) =>
      markup`<th scope="col">${title}${index === TARGET_COLUMN && targetNote !== '' ? markup`<small>${targetNote}</small>` : nothing}</th>`,
  )
  const body = rows.map(({ group, look }, row) => {
    const cells = COLUMNS.map((column, index) =>
      tableCell(textOf(group, spreads[row]![index]!, { column, index }), best[index]!.has(row)),
    )
    const name = markup`${look === null ? nothing : sampleOf(look)} ${group.label}`
    return markup`<tr><th scope="row">${name}</th><td>${seedsOf(group)}</td>${cells}</tr>
`
  })
  return markup`<p class="soft" id="reading">Mean over the seeds; below it the least and the greatest where they differ. ★ is the best of its column.</p>
<div class="scroll" role="region" aria-labelledby="results" tabindex="0"><table aria-labelledby="results" aria-describedby="reading">
<thead><tr><th scope="col">group</th><th scope="col">seeds</th>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>`
}

const resultsOf = ({ cells }: Group): ResultRecord[] =>
  cells.flatMap(({ result, failure }) => (result === null || failure !== null ? [] : [result]))

interface Text {
  readonly main: string
  readonly below: string
}

const textOf = (
  group: Group,
  spread: Spread | null,
  { column, index }: { readonly column: Column; readonly index: number },
): Text => {
  const results = resultsOf(group)
  if (spread === null) {
    const never = index === TARGET_COLUMN && results.length > 0
    return never ? { main: `not in ${results[0]!.rounds}`, below: '' } : { main: '–', below: '' }
  }
  const range = rangeText(column.format(spread.least), column.format(spread.most))
  const partly = spread.count < results.length ? `in ${spread.count} of ${results.length} seeds` : ''
  return { main: column.format(spread.mean), below: [range, partly].filter((text) => text !== '').join(', ') }
}

/** `90.0 – 90.8 %`: a unit that both have is said once; empty when they look alike. */
const rangeText = (least: string, most: string): string => {
  if (least === most) return ''
  const unit = / .*$/.exec(most)?.[0] ?? ''
  return `${unit !== '' && least.endsWith(unit) ? least.slice(0, -unit.length) : least} – ${most}`
}

const tableCell = ({ main, below }: Text, isBest: boolean): Markup => {
  const mean = isBest
    ? markup`<strong>${main}<span aria-hidden="true"> ★</span><span class="unseen"> best</span></strong>`
    : markup`${main}`
  return markup`<td>${mean}${below === '' ? nothing : markup`<small>${below}</small>`}</td>`
}

const seedsOf = ({ cells }: Group): Markup => {
  const failed = cells.filter(({ failure }) => failure !== null).length
  const open = cells.filter(({ failure, result }) => failure === null && result === null).length
  const notes = [...(failed > 0 ? [`${failed} failed`] : []), ...(open > 0 ? [`${open} unfinished`] : [])]
  const below = notes.length === 0 ? nothing : markup`<small>${notes.join(', ')}</small>`
  return markup`${formatSeeds(cells.map(({ settings }) => settings.seed))}${below}`
}

/**
 * Rows with the best mean, as printed: what looks equal is equal. Nobody is best where all are alike, and who missed
 * the target with a seed does not compete for the fewest rounds.
 */
const bestOf = (
  rows: readonly TableRow[],
  spreads: readonly (readonly (Spread | null)[])[],
  { column, index }: { readonly column: Column; readonly index: number },
): ReadonlySet<number> => {
  const entrants = rows.flatMap(({ group }, row) => {
    const spread = spreads[row]![index]!
    return spread === null || spread.count < resultsOf(group).length ? [] : [{ row, mean: spread.mean }]
  })
  if (rows.length < 2 || entrants.length === 0) return new Set()
  const means = entrants.map(({ mean }) => mean)
  const top = means.reduce((a, b) => (column.better === 'higher' ? Math.max(a, b) : Math.min(a, b)))
  const winners = entrants.filter(({ mean }) => column.format(mean) === column.format(top))
  return winners.length === rows.length ? new Set() : new Set(winners.map(({ row }) => row))
}
