import { hash32 } from '../../random.js'
import type { Mass } from './mass.js'

/**
 * Random directions on which the estimates are compared, so that no peer needs to see another's whole. The squared
 * length of a vector is the mean of its squared products with vectors of random signs (Achlioptas 2003,
 * "Database-friendly random projections"), here within a factor 3 in length all but once in 1000 vectors: from the
 * chi-squared distribution with 8 degrees of freedom.
 */
export const PROJECTIONS = 8

/** Numbers that say where an estimate lies: its norm, then its projections. */
export const VALUES = 1 + PROJECTIONS

/**
 * The estimate's L2 norm and its products with `PROJECTIONS` vectors of signs that the seed chooses, in float64.
 * @param seed the same for all who compare.
 */
export const valuesOf = (mass: Mass, seed: string): number[] => {
  const measuring = measure(mass, seed)
  measuring.add(0, mass.sum.length)
  return measuring.values()
}

/** The same a slice at a time: the bits do not depend on how it is cut. The mass must not change meanwhile. */
export const measure = ({ sum, weight }: Mass, seed: string): Measuring => {
  const salt = hash32(seed)
  const totals = new Float64Array(VALUES)
  return {
    add(from, to) {
      for (let i = from; i < to; i++) {
        const value = sum[i]! / weight
        totals[0]! += value * value
        const signs = mix(i, salt)
        for (let p = 0; p < PROJECTIONS; p++) totals[1 + p]! += signs & (1 << p) ? value : -value
      }
    },
    values: () => [Math.sqrt(totals[0]!), ...totals.subarray(1)],
  }
}

export interface Measuring {
  /** Elements `from` to before `to`: each once, rising. */
  add(from: number, to: number): void
  /** Of the whole, once all were added. */
  values(): number[]
}

/**
 * How far two estimates between these bounds may be apart, relative to the least norm: the root mean square over the
 * projections of the widths. 0 where all widths are; Infinity where the norm is 0 and some are not.
 * @param low, high as in `Consensus`, of `VALUES` numbers each.
 */
export const relativeSpread = (low: readonly number[], high: readonly number[]): number => {
  let squares = 0
  for (let p = 1; p < VALUES; p++) {
    const width = high[p]! - low[p]!
    squares += width * width
  }
  return squares === 0 ? 0 : Math.sqrt(squares / PROJECTIONS) / low[0]!
}

/** A hash of an index. The murmur3 finaliser. */
const mix = (index: number, salt: number): number => {
  let hash = (index ^ salt) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
