import { idleKeys } from '../cell/relevance.js'
import type { CellSettings } from '../cell/settings.js'
import type { Cell, Study } from './groups.js'
import { HEAT } from './looks.js'
import { counted } from './numbers.js'
import { drawSvg, type ChartSpec, type DrawnSvg } from './vega.js'

/** Rows and columns of one map. */
export const SIDE_MAX = 64
/** Fields of all maps together, to bound the page; the first map is always drawn. */
const FIELDS_MAX = 6144
const WIDTH = 320

export interface LabelMap {
  readonly drawn: DrawnSvg
  /** What it is of: `dirichlet:0.5, 8 peers, seed 1`. */
  readonly of: string
  /** Examples of the darkest field. */
  readonly most: number
  /** Says what was cut off; empty when nothing was. */
  readonly cut: string
}

/** One map for all cells with the same data, partition, peers and seed, and how many maps there was no room for. */
export const drawLabelCounts = async ({
  groups,
}: Study): Promise<{ readonly maps: readonly LabelMap[]; readonly leftOut: number }> => {
  const known = new Map<string, Cell>()
  for (const cell of groups.flatMap(({ cells }) => cells)) {
    const { data, peers, seed } = cell.settings
    const key = JSON.stringify([data, partitionOf(cell.settings), peers, seed])
    if (cell.labelCounts !== null && !known.has(key)) known.set(key, cell)
  }
  const maps: LabelMap[] = []
  const sources = new Set([...known.values()].map(({ settings }) => settings.data))
  let fields = 0
  for (const cell of known.values()) {
    const shown = cell.labelCounts!.slice(0, SIDE_MAX).map((row) => row.slice(0, SIDE_MAX))
    fields += shown.length * classesOf(shown)
    if (maps.length > 0 && fields > FIELDS_MAX) break
    maps.push(await drawMap(cell, shown, sources.size > 1))
  }
  return { maps, leftOut: known.size - maps.length }
}

const drawMap = async (
  { settings, labelCounts }: Cell,
  shown: readonly (readonly number[])[],
  withSource: boolean,
): Promise<LabelMap> => {
  const peers = labelCounts!.length
  const classes = classesOf(labelCounts!)
  const source = withSource ? `${settings.data}, ` : ''
  const of = `${source}${partitionOf(settings) ?? 'all together'}, ${counted(peers, 'peer')}, seed ${settings.seed}`
  const cuts = [
    ...(peers > shown.length ? [`the first ${shown.length} of ${peers} peers`] : []),
    ...(classes > classesOf(shown) ? [`the first ${classesOf(shown)} of ${classes} classes`] : []),
  ]
  const most = shown.flat().reduce((a, b) => Math.max(a, b), 0)
  const title = `Examples per class and peer: ${of}. At most ${counted(most, 'example')} of one class at one peer.`
  const drawn = await drawSvg(mapSpec(shown, most), title)
  return { drawn, of, most, cut: cuts.length === 0 ? '' : `Shown: ${cuts.join(' and ')}.` }
}

/** Null where nothing is parted. */
const partitionOf = (settings: CellSettings): string | null =>
  idleKeys(settings).has('partition') ? null : settings.partition

const classesOf = (rows: readonly (readonly number[])[]): number =>
  rows.reduce((most, row) => Math.max(most, row.length), 0)

/** Peers from top to bottom, classes from left to right; a field without examples stays empty. */
const mapSpec = (rows: readonly (readonly number[])[], most: number): ChartSpec => {
  const values = rows.flatMap((row, peer) =>
    row.flatMap((count, label) => (count > 0 ? [{ peer, label, count }] : [])),
  )
  const axis = { grid: false, domain: false, ticks: false, labelOverlap: 'greedy', labelAngle: 0 } as const
  const rowHeight = Math.max(5, Math.min(16, Math.floor(320 / Math.max(1, rows.length))))
  return {
    width: WIDTH,
    height: rowHeight * Math.max(1, rows.length),
    data: { values },
    mark: { type: 'rect', color: HEAT },
    encoding: {
      x: {
        field: 'label',
        type: 'ordinal',
        scale: { domain: indices(classesOf(rows)), paddingInner: 0.06 },
        axis: { ...axis, title: 'class' },
      },
      y: {
        field: 'peer',
        type: 'ordinal',
        scale: { domain: indices(rows.length), paddingInner: 0.06 },
        axis: { ...axis, title: 'peer' },
      },
      fillOpacity: {
        field: 'count',
        type: 'quantitative',
        scale: { domain: [0, Math.max(1, most)], range: [0.06, 1] },
        legend: null,
      },
    },
  }
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
