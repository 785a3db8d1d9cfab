import { MOMENTS_BLOCK, SQUARES_MIN } from '../blocks.js'
import type { KernelMoments } from '../contract.js'

const { fround } = Math

/** What is known of the blocks so far. */
export interface RunningMoments {
  /** What the next block's deviations are taken from: a float32. */
  origin(block: Float32Array): number
  /** Puts a block of at most MOMENTS_BLOCK elements to them; all blocks before were full. */
  add(block: Float32Array, origin: number): void
  result(): KernelMoments
}

export const createMoments = (): RunningMoments => {
  let known = 0
  let mean = 0
  let deviations = 0
  return {
    origin: (block) => fround(known === 0 ? meanOf(block) : mean),
    add(block, origin) {
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

const sumsOf = (block: Float32Array, origin: number): { sum: number; squares: number } => {
  const sums = new Float32Array(4)
  const squares = new Float32Array(4)
  for (let i = 0; i < block.length; i++) {
    const d = fround(block[i]! - origin)
    sums[i & 3]! += d
    squares[i & 3]! += fround(d * d)
  }
  const total = laneSum(squares)
  return total >= SQUARES_MIN && total < Infinity
    ? { sum: laneSum(sums), squares: total }
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
