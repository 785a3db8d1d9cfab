/** Where an axis begins and ends. */
export type Extent = readonly [low: number, high: number]

/** On a log scale, what is below the largest value by more than this factor, 0 too, is drawn on the lower edge. */
export const LOG_RANGE_MAX = 1e6

const TICKS_MAX = 8

/** Least and greatest; null when there is no value. */
export const extentOf = (values: readonly number[]): Extent | null => {
  if (values.length === 0) return null
  let low = values[0]!
  let high = values[0]!
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

/** A twentieth of air on both sides, at least `airMin`, but never beyond `within`. */
export const padded = ([low, high]: Extent, airMin: number, [least, most]: Extent): Extent => {
  const air = Math.max((high - low) / 20, airMin)
  return [Math.max(least, low - air), Math.min(most, high + air)]
}

export interface LogAxis {
  readonly extent: Extent
  readonly ticks: readonly number[]
}

/**
 * A log axis from one of 1, 2, 5 × 10^n to another, around all that is above 0 and within `LOG_RANGE_MAX` of the largest.
 * Null when nothing is above 0.
 */
export const logAxisOf = (values: readonly number[]): LogAxis | null => {
  const most = extentOf(values)?.[1] ?? 0
  if (!(most > 0)) return null
  const [least] = extentOf(values.filter((value) => value > 0 && value >= most / LOG_RANGE_MAX))!
  const steps = stepsAround(least, most)
  const powers = steps.filter((step) => isPower(step))
  const fine = steps.length <= TICKS_MAX || powers.length < 3
  const every = Math.ceil(powers.length / TICKS_MAX)
  return {
    extent: [steps[0]!, steps.at(-1)!],
    ticks: fine ? steps : powers.filter((_, index) => index % every === 0),
  }
}

/** All of 1, 2, 5 × 10^n from the last that is not above `least` to the first, two steps on, that is not below `most`. */
const stepsAround = (least: number, most: number): number[] => {
  const steps: number[] = []
  for (let exponent = exponentOf(least); exponent <= exponentOf(most) + 1; exponent++) {
    for (const digit of [1, 2, 5]) steps.push(Number(`${digit}e${exponent}`))
  }
  const first = steps.findLastIndex((step) => step <= least)
  const last = steps.findIndex((step, index) => step >= most && index > first)
  return steps.slice(first, last + 1)
}

/** From the decimal text, which is exact where a logarithm would be rounded. */
const exponentOf = (value: number): number => Number(value.toExponential().split('e')[1])

const isPower = (value: number): boolean => value.toExponential().startsWith('1e')
