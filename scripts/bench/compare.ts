import type { BenchResult } from './contract.js'

/** Share of a ratio that it may lose before it is named: what a quiet machine differs by from day to day. Guess. */
export const FALL_MAX = 0.15

export interface Fall {
  readonly what: string
  readonly before: number
  readonly now: number
}

export interface Comparison {
  /** Ratios that are more than FALL_MAX below what they were. */
  readonly fallen: readonly Fall[]
  /** Lines that were measured then and are not now. */
  readonly missing: readonly string[]
  /** Lines that are measured now and were not then. */
  readonly added: readonly string[]
}

const whatOf = ({ group, name }: BenchResult): string => `${group}: ${name}`

/**
 * Compares by group and name. Only ratios are compared, since they were measured against something in the same run;
 * a line that has lost its ratio counts as missing.
 * @param groups those that were run now; lines of others are left alone.
 */
export const compare = (
  before: readonly BenchResult[],
  now: readonly BenchResult[],
  groups: readonly string[],
): Comparison => {
  const then = new Map(
    before.filter(({ group }) => groups.includes(group)).map((result) => [whatOf(result), result.ratio]),
  )
  const today = new Map(now.map((result) => [whatOf(result), result.ratio]))
  const fallen: Fall[] = []
  const missing: string[] = []
  for (const [what, ratio] of then) {
    const current = today.get(what)
    if (current === undefined || (current === null && ratio !== null)) missing.push(what)
    else if (ratio !== null && current !== null && current < ratio * (1 - FALL_MAX))
      fallen.push({ what, before: ratio, now: current })
  }
  return { fallen, missing, added: [...today.keys()].filter((what) => !then.has(what)) }
}

/** For people; at least one line. */
export const comparisonLines = ({ fallen, missing, added }: Comparison, path: string): readonly string[] => [
  ...fallen.map(
    ({ what, before, now }) =>
      `FELL     ${what}: ratio ${before.toFixed(3)} → ${now.toFixed(3)} (${Math.round(100 * (now / before - 1))} %)`,
  ),
  ...missing.map((what) => `missing  ${what}: it is in ${path} and was not measured now`),
  ...added.map((what) => `new      ${what}: it is not in ${path}`),
  fallen.length === 0
    ? `no ratio is more than ${100 * FALL_MAX} % below ${path}`
    : `${fallen.length} of the ratios are more than ${100 * FALL_MAX} % below ${path}`,
]
