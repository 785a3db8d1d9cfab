import type { SketchKernels } from '../contract.js'

/** Largest relative error of rounding a float64 to float32, twice over. */
const TOLERANCE = 2 ** -23
/** Half of the smallest float32, twice over. */
const SMALLEST = 2 ** -149

/**
 * Of size 1 to 2, of either sign: changes of several elements cannot be chosen to cancel out. Any element by its index,
 * so that parts of a vector can be sketched each by itself; the finaliser of murmur3, as a signed fraction. Without a branch, which
 * would be taken at random: 5 ms for a million elements instead of 11.
 */
const coefficient = (seed: number, index: number): number => {
  let hash = Math.imul(seed ^ index, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ seed, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash ^= hash >>> 16
  return ((hash >> 31) | 1) + hash * 2 ** -31
}

/** The plain way: clear, and the same bits on every machine. */
export const sketchReference: SketchKernels = {
  sketch(seed, values, first) {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += coefficient(seed, first + i) * values[i]!
    return sum
  },
  sketchTolerance(seed, values, first) {
    let sum = 0
    for (let i = 0; i < values.length; i++)
      sum += Math.abs(coefficient(seed, first + i)) * (Math.abs(values[i]!) * TOLERANCE + SMALLEST)
    return sum
  },
}
