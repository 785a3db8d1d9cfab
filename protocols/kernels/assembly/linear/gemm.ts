import { dots } from './dots'
import { edge1, edge4 } from './edge'
import { tile1x8, tile4x8 } from './tile'

/**
 * Matrix products of row-major float32 matrices of any size, with accumulate: C += …, else C = …. Pointers need no alignment; C
 * must not overlap A or B. Nothing is packed: rows of B are read where they lie. Each element's products are
 * summed in the order of k, so results do not depend on how a matrix is cut into rows or columns.
 *
 * One core of a shared AMD EPYC, where additions and products of registers alone reached 28–30 GFLOP/s at the time: 32×784·784×128
 * 18–28 GFLOP/s, its weight gradient 784×32·32×128 17–28, its input gradient 32×128·128×784 14–16 (`npm run bench -- train`).
 */

/** Products that are summed before C is written: so much of eight columns of B stays in first-level cache. */
const DEPTH: i32 = 256

/** C = A·B: A is m×k, B is k×n, C is m×n. */
export function multiply(a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, accumulate: bool): void {
  tiles(a, (<usize>k) << 2, 4, b, c, m, n, k, accumulate)
}

/** C = Aᵀ·B: A is k×m, B is k×n, C is m×n. The weight gradient of a dense layer, xᵀ·dy. */
export function multiplyLeftTransposed(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
): void {
  tiles(a, 4, (<usize>m) << 2, b, c, m, n, k, accumulate)
}

/** C = A·Bᵀ: A is m×k, B is n×k, C is m×n. The input gradient of a dense layer, dy·Wᵀ. Sums in another order: four at a time. */
export function multiplyRightTransposed(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
): void {
  dots(a, b, c, m, n, k, accumulate)
}

/** C is visited in strips of eight columns, so that what they need of B is read from cache for all rows but the first four. */
function tiles(
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
): void {
  const row = (<usize>n) << 2
  if (k == 0 && !accumulate) memory.fill(c, 0, <usize>m * row)
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from)
    const add = accumulate || from > 0
    const aFrom = a + <usize>from * aDepth
    const bFrom = b + <usize>from * row
    let j = 0
    for (; j + 8 <= n; j += 8) {
      const left = (<usize>j) << 2
      let i = 0
      for (; i + 4 <= m; i += 4) {
        tile4x8(
          aFrom + <usize>i * aRow,
          aRow,
          aDepth,
          bFrom + left,
          row,
          c + <usize>i * row + left,
          row,
          depth,
          add,
        )
      }
      for (; i < m; i++) {
        tile1x8(aFrom + <usize>i * aRow, aDepth, bFrom + left, row, c + <usize>i * row + left, depth, add)
      }
    }
    if (j == n) continue
    const left = (<usize>j) << 2
    let i = 0
    for (; i + 4 <= m; i += 4) {
      edge4(
        aFrom + <usize>i * aRow,
        aRow,
        aDepth,
        bFrom + left,
        row,
        c + <usize>i * row + left,
        row,
        depth,
        add,
        n - j,
      )
    }
    for (; i < m; i++) {
      edge1(aFrom + <usize>i * aRow, aDepth, bFrom + left, row, c + <usize>i * row + left, depth, add, n - j)
    }
  }
}
