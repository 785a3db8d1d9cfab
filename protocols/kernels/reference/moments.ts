import { CENTRED, MOMENTS_BLOCK, SQUARES_MIN } from '../blocks.js'
import type { KernelMoments } from '../contract.js'

const { fround } = Math

/** What is known of the blocks so far. */
export interface RunningMoments {
  /** Puts a block of at most MOMENTS_BLOCK elements to them; all blocks before were full. */
  add(block: Float32Array): void
  result(): KernelMoments
}

export const createMoments = (): RunningMoments => {
  let known = 0
  let mean = 0
  let deviations = 0
  /** What the next block's deviations are taken from. */
  const originOf = (block: Float32Array): number => {
    if (known === 0) return fround(meanOf(block))
    return mean * mean * known * CENTRED <= deviations ? 0 : fround(mean)
  }
  return {
    add(block) {
      const origin = originOf(block)
      const { sum, squares } = sumsOf(block, origin)
      const n = block.length
      const step = sum / n
      const all = known + n
      const part = n / all
      const delta = origin + step - mean
      deviations = deviations + (squares - sum * step + delta * delta * (known * part))
      mean = mean + delta * part
      known = all
    },
    // Rounding may leave a little less than nothing where no value differs.
    result: () => ({ mean, variance: known === 0 ? 0 : Math.max(0, deviations / known) }),
  }
}

/** Calls with every block of a vector: where it begins, and where it ends. */
export const eachBlock = (length: number, visit: (from: number, to: number) => void): void => {
  for (let from = 0; from < length; from += MOMENTS_BLOCK) visit(from, Math.min(from + MOMENTS_BLOCK, length))
}

const meanOf = (block: Float32Array): number => {
  const lanes = new Float64Array(4)
  for (let i = 0; i < block.length; i++) lanes[i & 3]! += block[i]!
  return laneSum(lanes) / block.length
}

/** Four lanes side by side: an array of them costs several times as much. */
const sumsOf = (block: Float32Array, origin: number): { sum: number; squares: number } => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let [q0, q1, q2, q3] = [0, 0, 0, 0]
  for (let i = 0; i < block.length; i += 4) {
    // Beyond the end nothing deviates from the origin.
    const d0 = fround(block[i]! - origin)
    const d1 = i + 1 < block.length ? fround(block[i + 1]! - origin) : 0
    const d2 = i + 2 < block.length ? fround(block[i + 2]! - origin) : 0
    const d3 = i + 3 < block.length ? fround(block[i + 3]! - origin) : 0
    s0 = fround(s0 + d0)
    s1 = fround(s1 + d1)
    s2 = fround(s2 + d2)
    s3 = fround(s3 + d3)
    q0 = fround(q0 + fround(d0 * d0))
    q1 = fround(q1 + fround(d1 * d1))
    q2 = fround(q2 + fround(d2 * d2))
    q3 = fround(q3 + fround(d3 * d3))
  }
  const squares = q0 + q2 + (q1 + q3)
  return squares >= SQUARES_MIN && squares < Infinity
    ? { sum: s0 + s2 + (s1 + s3), squares }
    : wideSumsOf(block, origin)
}

const wideSumsOf = (block: Float32Array, origin: number): { sum: number; squares: number } => {
  let sum = 0
  let squares = 0
  for (let i = 0; i < block.length; i++) {
    const d = block[i]! - origin
    sum += d
    squares += d * d
  }
  return { sum, squares }
}

/** The sum of four lanes, in float64. */
export const laneSum = (lanes: Float32Array | Float64Array): number =>
  lanes[0]! + lanes[2]! + (lanes[1]! + lanes[3]!)
