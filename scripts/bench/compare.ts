import type { BenchResult } from './contract.js'

/** Share by which a figure may be worse before it is named: what a quiet machine differs by from day to day. Guess. */
export const FALL_MAX = 0.15

export interface Fall {
  readonly what: string
  /** Ratios, of which more is better, or values of a line without one; its goal says whether more is. */
  readonly of: 'ratio' | 'value'
  readonly before: number
  readonly now: number
}

export interface Comparison {
  /** What is more than FALL_MAX worse than it was. */
  readonly fallen: readonly Fall[]
  /** Lines that were measured then and are not now. */
  readonly missing: readonly string[]
  /** Lines that are measured now and were not then. */
  readonly added: readonly string[]
}

const whatOf = ({ group, name }: BenchResult): string => `${group}: ${name}`

/**
 * Compares by group and name. Ratios where there are some, since they were measured against something in the same run: a line that has
 * lost its ratio counts as missing. Of lines that never had one the values, where a goal says which way is better; another machine, or
 * a busier one, has others.
 * @param groups those that were run now; lines of others are left alone.
 */
export const compare = (
  before: readonly BenchResult[],
  now: readonly BenchResult[],
  groups: readonly string[],
): Comparison => {
  const then = new Map(
    before.filter(({ group }) => groups.includes(group)).map((result) => [whatOf(result), result]),
  )
  const today = new Map(now.map((result) => [whatOf(result), result]))
  const fallen: Fall[] = []
  const missing: string[] = []
  for (const [what, old] of then) {
    const current = today.get(what)
    if (!current || (current.ratio === null && old.ratio !== null)) missing.push(what)
    else {
      const fall = fallOf(old, current)
      if (fall) fallen.push({ what, ...fall })
    }
  }
  return { fallen, missing, added: [...today.keys()].filter((what) => !then.has(what)) }
}

const fallOf = (old: BenchResult, current: BenchResult): Omit<Fall, 'what'> | undefined => {
  if (old.ratio !== null && current.ratio !== null) {
    const fell = current.ratio < old.ratio * (1 - FALL_MAX)
    return fell ? { of: 'ratio', before: old.ratio, now: current.ratio } : undefined
  }
  if (old.ratio !== null || current.ratio !== null || old.unit !== current.unit) return undefined
  const worse = current.goal?.startsWith('≤')
    ? current.value > old.value * (1 + FALL_MAX)
    : current.goal?.startsWith('≥') === true && current.value < old.value * (1 - FALL_MAX)
  return worse ? { of: 'value', before: old.value, now: current.value } : undefined
}

/** For people; at least one line. */
export const comparisonLines = ({ fallen, missing, added }: Comparison, path: string): readonly string[] => [
  ...fallen.map(
    ({ what, of, before, now }) =>
      `FELL     ${what}: ${of} ${before.toFixed(3)} → ${now.toFixed(3)} (${percent(now / before - 1)})`,
  ),
  ...missing.map((what) => `missing  ${what}: it is in ${path} and was not measured now`),
  ...added.map((what) => `new      ${what}: it is not in ${path}`),
  fallen.length === 0
    ? `nothing is more than ${100 * FALL_MAX} % worse than in ${path}`
    : `${fallen.length} of the figures are more than ${100 * FALL_MAX} % worse than in ${path}`,
]

const percent = (share: number): string => `${share > 0 ? '+' : ''}${Math.round(100 * share)} %`
