import { formatLabelCounts } from '../../data/index.js'
import { percent, size } from '../../units.js'
import type { SwarmRound } from './observer.js'

const COLUMNS: readonly {
  readonly title: string
  readonly width: number
  readonly cell: (round: SwarmRound) => string
}[] = [
  { title: 'round', width: 5, cell: ({ round }) => String(round) },
  { title: 'train loss', width: 10, cell: ({ trainLoss }) => trainLoss.toFixed(3) },
  { title: 'local mean', width: 10, cell: ({ localAccuracyMean }) => percent(localAccuracyMean) },
  { title: 'local min', width: 9, cell: ({ localAccuracyMin }) => percent(localAccuracyMin) },
  { title: 'merged (est.)', width: 13, cell: ({ mergedAccuracy }) => percent(mergedAccuracy) },
  { title: 'consensus dist.', width: 15, cell: ({ consensusDistance }) => consensusDistance.toFixed(3) },
  { title: 'sent/peer', width: 9, cell: ({ bytesSentPerPeer }) => size(bytesSentPerPeer) },
  { title: 'peers', width: 5, cell: ({ peersAlive }) => String(peersAlive) },
]

const line = (cells: readonly string[]): string =>
  cells.map((cell, index) => cell.padStart(COLUMNS[index]!.width)).join('  ')

export const tableHead = (): string => line(COLUMNS.map(({ title }) => title))
export const tableRow = (round: SwarmRound): string => line(COLUMNS.map(({ cell }) => cell(round)))

/** One line per peer: who it is, which process, what it trains on. */
export const peerLine = ({
  index,
  pid,
  labelCounts,
}: {
  readonly index: number
  readonly pid: number
  readonly labelCounts: readonly number[]
}): string => {
  const total = labelCounts.reduce((sum, count) => sum + count, 0)
  return `peer-${index}  pid ${pid}  ${String(total).padStart(5)} examples  ${formatLabelCounts(labelCounts)}`
}
