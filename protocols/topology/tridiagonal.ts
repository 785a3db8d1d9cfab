/**
 * The largest eigenvalue of a symmetric tridiagonal matrix, by bisection on the signs of the pivots of T − x
 * (Sylvester's law of inertia; Golub and Van Loan, Matrix Computations, §8.4). Exact to the last bits of its size.
 * @param diagonal n entries, n ≥ 1.
 * @param offDiagonal the n − 1 entries beside it; further ones are not looked at.
 */
export const largestOfTridiagonal = (diagonal: readonly number[], offDiagonal: readonly number[]): number => {
  const n = diagonal.length
  let low = -Infinity
  let high = -Infinity
  for (let i = 0; i < n; i++) {
    const beside = (i > 0 ? Math.abs(offDiagonal[i - 1]!) : 0) + (i < n - 1 ? Math.abs(offDiagonal[i]!) : 0)
    // Between the largest diagonal entry and the largest Gershgorin bound.
    low = Math.max(low, diagonal[i]!)
    high = Math.max(high, diagonal[i]! + beside)
  }
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (isAboveAll(middle, diagonal, offDiagonal)) high = middle
    else low = middle
  }
}

/** Whether T − x is negative definite: all pivots below zero. */
const isAboveAll = (x: number, diagonal: readonly number[], offDiagonal: readonly number[]): boolean => {
  let pivot = diagonal[0]! - x
  for (let i = 1; i < diagonal.length; i++) {
    if (pivot >= 0) return false
    const beside = offDiagonal[i - 1]!
    pivot = diagonal[i]! - x - (beside * beside) / pivot
  }
  return pivot < 0
}
