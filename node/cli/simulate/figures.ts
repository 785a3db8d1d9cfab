import type { ResultRecord } from '../../../test/harness/cell/records.js'
import { formats } from '../../../test/harness/report/numbers.js'

/** What stands for no number. */
const NONE = '–'

/** What a figure was over the seeds: mean, and half the distance from the least to the most. */
interface Spread {
  readonly mean: number
  readonly half: number
}

const spread = (values: readonly number[]): Spread => ({
  mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  half: (Math.max(...values) - Math.min(...values)) / 2,
})

/** Without the unit, which the heading has: `93.4 ±0.3`; without the second part for a single seed. */
const percents = (values: readonly number[]): string => {
  if (!values.every(Number.isFinite)) return NONE
  const { mean, half } = spread(values)
  const text = (100 * mean).toFixed(1)
  return values.length === 1 ? text : `${text} ±${(100 * half).toFixed(1)}`
}

/** Mean round over those that reached the target, and how many did where some did not. */
const toTarget = (rounds: readonly (number | null)[]): string => {
  const reached = rounds.filter((value) => value !== null)
  if (reached.length === 0) return NONE
  const { mean } = spread(reached)
  const text = formats.count(mean)
  return reached.length === rounds.length ? text : `${text} (${reached.length}/${rounds.length})`
}

const seconds = (value: number): string => value.toFixed(value < 100 ? 1 : 0)

const mean = (results: readonly ResultRecord[], figure: (result: ResultRecord) => number): number =>
  spread(results.map(figure)).mean

/** A column of results, each of one cell or of several that differ only in their seed. */
export interface Figure {
  readonly title: readonly string[]
  /** Characters of the widest value of one cell. */
  readonly width: number
  readonly text: (results: readonly ResultRecord[]) => string
}

export const figures: readonly Figure[] = [
  { title: ['to', 'target'], width: 6, text: (all) => toTarget(all.map((one) => one.roundsToTarget)) },
  { title: ['local', 'mean %'], width: 5, text: (all) => percents(all.map((one) => one.localAccuracyMean)) },
  { title: ['local', 'min %'], width: 5, text: (all) => percents(all.map((one) => one.localAccuracyMin)) },
  { title: ['merged', '%'], width: 5, text: (all) => percents(all.map((one) => one.mergedAccuracy)) },
  {
    title: ['consensus', 'distance'],
    width: 7,
    text: (all) => formats.distance(mean(all, (one) => one.consensusDistance)),
  },
  {
    title: ['sent', 'a peer'],
    width: 8,
    text: (all) => formats.size(mean(all, (one) => one.bytesSentPerPeer)),
  },
]

/** What a cell took on the wall clock: of interest while others are still to come. */
export const secondsTaken: Figure = {
  title: ['secs'],
  width: 5,
  text: (all) => seconds(mean(all, (one) => one.seconds)),
}
