import { multiplyStrided } from './gemm'

/** Products that are summed before C is written; a strip of so many rows is 8 KB. */
const DEPTH: i32 = 256

/** Bytes of scratch that `multiplyPacked` needs. */
export const PACKED_BYTES: i32 = DEPTH * 32

/**
 * C = A·B as `multiplyStrided` has it, with B and C row-major and without accumulate. Each strip of B, eight columns wide, is copied
 * together first: where the rows of B lie a power of two apart they displace each other in first-level cache, and a 256×256 product
 * takes five times as long. Worth it from some 16 rows of A on, which share the copy.
 */
export function multiplyPacked(
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
): void {
  const row = (<usize>n) << 2
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from)
    for (let j = 0; j < n; j += 8) {
      const width = min(8, n - j)
      const right = (<usize>j) << 2
      pack(b + <usize>from * row + right, row, scratch, depth, (<usize>width) << 2)
      multiplyStrided(
        a + <usize>from * aDepth,
        aRow,
        aDepth,
        scratch,
        32,
        c + right,
        row,
        m,
        width,
        depth,
        from > 0,
      )
    }
  }
}

function pack(b: usize, row: usize, out: usize, rows: i32, bytes: usize): void {
  for (let i = 0; i < rows; i++) {
    if (bytes == 32) {
      v128.store(out, v128.load(b))
      v128.store(out, v128.load(b, 16), 16)
    } else {
      for (let at: usize = 0; at < bytes; at += 4) store<f32>(out + at, load<f32>(b + at))
    }
    b += row
    out += 32
  }
}
