import { percent, size } from '../../../node/units.js'

/** What a value was over the seeds of a group. */
export interface Spread {
  readonly mean: number
  readonly least: number
  readonly most: number
  readonly count: number
}

/** Null when there is no finite value: a run that diverged has NaN, which JSON turns into null. */
export const spreadOf = (values: readonly (number | null)[]): Spread | null => {
  const finite = values.filter((value): value is number => Number.isFinite(value))
  if (finite.length === 0) return null
  let sum = 0
  let least = finite[0]!
  let most = finite[0]!
  for (const value of finite) {
    sum += value
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return { mean: sum / finite.length, least, most, count: finite.length }
}

/** Numbers as they stand in the report and in the command's tables alike. */
export const formats = {
  percent,
  /** Bytes, in units of 1,000. */
  size,
  /**
   * At most seven characters: `0.123`, `123.4`; `1.2e-7` where three decimals would show only zeros or the number would
   * be long; a dash for what is no number.
   */
  distance: (value: number): string => {
    if (!Number.isFinite(value)) return '–'
    if (value !== 0 && (value < 0.0005 || value >= 99_999.5)) return value.toExponential(1)
    return value.toFixed(value < 100 ? 3 : 1)
  },
  /** Rounds: whole unless a mean over seeds is not. */
  count: (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1)),
  /** Milliseconds as `850 ms`, `12.3 s`, `4.5 min` or `3.2 h`. */
  duration: (ms: number): string => {
    if (ms < 1000) return `${Math.round(ms)} ms`
    if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`
    return ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`
  },
} as const

export interface Unit {
  readonly name: string
  /** How many of the record's unit one of these is. */
  readonly of: number
}

const BYTES: readonly Unit[] = [
  { name: 'B', of: 1 },
  { name: 'kB', of: 1e3 },
  { name: 'MB', of: 1e6 },
  { name: 'GB', of: 1e9 },
  { name: 'TB', of: 1e12 },
]

const TIMES: readonly Unit[] = [
  { name: 'ms', of: 1 },
  { name: 's', of: 1000 },
  { name: 'min', of: 60_000 },
  { name: 'h', of: 3_600_000 },
]

/** The largest unit of which the axis holds at least two. */
const unitFor = (units: readonly Unit[], most: number): Unit =>
  [...units].reverse().find((unit) => most >= 2 * unit.of) ?? units[0]!

export const byteUnitFor = (most: number): Unit => unitFor(BYTES, most)
export const timeUnitFor = (mostMs: number): Unit => unitFor(TIMES, mostMs)

/** `1–3, 7` for 3, 1, 2, 7. */
export const formatSeeds = (seeds: readonly number[]): string => {
  const runs: [first: number, last: number][] = []
  for (const seed of [...new Set(seeds)].sort((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run !== undefined && seed === run[1] + 1) run[1] = seed
    else runs.push([seed, seed])
  }
  const text = ([first, last]: readonly [number, number]): string => {
    if (first === last) return String(first)
    return last === first + 1 ? `${first}, ${last}` : `${first}–${last}`
  }
  return runs.map(text).join(', ')
}

/** `1 cell`, `2 cells`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`
