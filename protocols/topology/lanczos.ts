import { createRandom } from '../random.js'
import { largestOfTridiagonal } from './tridiagonal.js'

export interface SymmetricOperator {
  readonly size: number
  /** result = A·values, A symmetric positive semidefinite. Overwrites `result`, leaves `values`. */
  readonly multiply: (values: Float64Array, result: Float64Array) => void
}

/** The Ritz value may still move by this part of itself, and of its distance to 1, between two looks. */
const TOLERANCE = 1e-10
/** Steps per dimension before the value is taken as it is. The slowest graph, a path, needs about 2. */
const STEPS_PER_DIMENSION = 4

/**
 * The largest eigenvalue of A on the vectors that sum to zero, by Lanczos' method (Golub and Van Loan, Matrix
 * Computations, §10.1), from a seeded random start. Each new vector is made orthogonal to the two before it and to the
 * ones, not to all before: lost orthogonality repeats eigenvalues that have converged and hides none (Paige 1980,
 * "Accuracy and effectiveness of the Lanczos algorithm"), and only the largest is asked for. So memory is four vectors,
 * and graphs that need thousands of steps, such as a long ring, stay possible. The value is never too large.
 */
export const largestEigenvalue = ({ size, multiply }: SymmetricOperator): number => {
  let previous: Float64Array = new Float64Array(size)
  let current: Float64Array = startVector(size)
  let next: Float64Array = new Float64Array(size)
  const diagonal: number[] = []
  const offDiagonal: number[] = []
  let value = 0
  let looks = 0
  for (let step = 1, look = 8; step <= STEPS_PER_DIMENSION * size + look; step++) {
    multiply(current, next)
    const along = dot(current, next)
    const back = offDiagonal.at(-1) ?? 0
    for (let i = 0; i < size; i++) next[i]! -= along * current[i]! + back * previous[i]!
    centre(next)
    const norm = Math.sqrt(dot(next, next))
    diagonal.push(along)
    // The vectors so far span all that the start vector reaches.
    if (norm <= Number.EPSILON * Math.max(along, back)) break
    if (step === look) {
      const found = largestOfTridiagonal(diagonal, offDiagonal)
      const moved =
        Math.abs(found - value) > TOLERANCE * Math.min(found, Math.abs(1 - found)) + Number.EPSILON
      looks = moved ? 0 : looks + 1
      if (looks === 2) break
      value = found
      look = Math.ceil(1.2 * look) + 4
    }
    offDiagonal.push(norm)
    for (let i = 0; i < size; i++) next[i]! /= norm
    ;[previous, current, next] = [current, next, previous]
  }
  return largestOfTridiagonal(diagonal, offDiagonal)
}

/** Subtracts the mean, so that the entries sum to zero. In place. */
export const centre = (values: Float64Array): void => {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  for (let i = 0; i < values.length; i++) values[i]! -= mean
}

const startVector = (size: number): Float64Array => {
  const random = createRandom('lanczos', size)
  const start = Float64Array.from({ length: size }, () => random.next() - 0.5)
  centre(start)
  const norm = Math.sqrt(dot(start, start))
  return start.map((value) => value / norm)
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
