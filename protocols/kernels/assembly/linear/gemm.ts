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
  multiplyStrided(a, (<usize>k) << 2, 4, b, (<usize>n) << 2, c, (<usize>n) << 2, m, n, k, accumulate)
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
  multiplyStrided(a, 4, (<usize>m) << 2, b, (<usize>n) << 2, c, (<usize>n) << 2, m, n, k, accumulate)
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

/**
 * C = A·B for an A whose elements lie `aRow` bytes apart from row to row and `aDepth` from product to product. B's and C's rows
 * are `bRow` and `cRow` bytes apart. C is visited in strips of eight columns, so that what they need of B is read from cache for all
 * rows but the first four.
 */
export function multiplyStrided(
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
): void {
  if (k == 0 && !accumulate) for (let i = 0; i < m; i++) memory.fill(c + <usize>i * cRow, 0, (<usize>n) << 2)
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from)
    const add = accumulate || from > 0
    const aFrom = a + <usize>from * aDepth
    const bFrom = b + <usize>from * bRow
    let j = 0
    for (; j + 8 <= n; j += 8) {
      const right = (<usize>j) << 2
      let i = 0
      let row = aFrom
      let out = c + right
      for (; i + 4 <= m; i += 4) {
        tile4x8(
          row,
          row + aRow,
          row + 2 * aRow,
          row + 3 * aRow,
          aDepth,
          0,
          depth,
          1,
          bFrom + right,
          bRow,
          out,
          cRow,
          add,
        )
        row += 4 * aRow
        out += 4 * cRow
      }
      for (; i < m; i++) {
        tile1x8(row, aDepth, 0, depth, 1, bFrom + right, bRow, out, add)
        row += aRow
        out += cRow
      }
    }
    if (j == n) continue
    const right = (<usize>j) << 2
    let i = 0
    let row = aFrom
    let out = c + right
    for (; i + 4 <= m; i += 4) {
      edge4(
        row,
        row + aRow,
        row + 2 * aRow,
        row + 3 * aRow,
        aDepth,
        0,
        depth,
        1,
        bFrom + right,
        bRow,
        out,
        cRow,
        add,
        n - j,
      )
      row += 4 * aRow
      out += 4 * cRow
    }
    for (; i < m; i++) {
      edge1(row, aDepth, 0, depth, 1, bFrom + right, bRow, out, add, n - j)
      row += aRow
      out += cRow
    }
  }
}
