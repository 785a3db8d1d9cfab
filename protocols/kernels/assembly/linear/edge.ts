/** Tiles at the right edge of C, narrower than eight columns. Operands as in tile.ts. */

/** The first floats at `at`, as many as fit in W (v128, u64 or u32), the others 0. */
function load<W>(at: usize): v128 {
  if (sizeof<W>() == 16) return v128.load(at)
  if (sizeof<W>() == 8) return v128.load64_zero(at)
  return v128.load32_zero(at)
}

function save<W>(at: usize, sums: v128): void {
  if (sizeof<W>() == 16) v128.store(at, sums)
  else if (sizeof<W>() == 8) v128.store64_lane(at, sums, 0)
  else v128.store32_lane(at, sums, 0)
}

/** 4 rows × the columns that fit in W. */
function narrow4<W>(
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  depth: i32,
  accumulate: bool,
): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0
  const c1 = c + cRow,
    c2 = c1 + cRow,
    c3 = c2 + cRow
  if (accumulate) {
    s0 = load<W>(c)
    s1 = load<W>(c1)
    s2 = load<W>(c2)
    s3 = load<W>(c3)
  }
  let a1 = a + aRow,
    a2 = a1 + aRow,
    a3 = a2 + aRow
  for (; depth > 0; depth--) {
    const x = load<W>(b)
    s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(a), x))
    s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(a1), x))
    s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(a2), x))
    s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(a3), x))
    a += aDepth
    a1 += aDepth
    a2 += aDepth
    a3 += aDepth
    b += bRow
  }
  save<W>(c, s0)
  save<W>(c1, s1)
  save<W>(c2, s2)
  save<W>(c3, s3)
}

/** 1 row × the columns that fit in W. */
function narrow1<W>(
  a: usize,
  aDepth: usize,
  b: usize,
  bRow: usize,
  c: usize,
  depth: i32,
  accumulate: bool,
): void {
  let sums = accumulate ? load<W>(c) : f32x4.splat(0)
  for (; depth > 0; depth--) {
    sums = f32x4.add(sums, f32x4.mul(v128.load32_splat(a), load<W>(b)))
    a += aDepth
    b += bRow
  }
  save<W>(c, sums)
}

/** The last 1–7 columns: 4, then 2, then 1. */
export function edge4(
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  depth: i32,
  accumulate: bool,
  columns: i32,
): void {
  if (columns & 4) {
    narrow4<v128>(a, aRow, aDepth, b, bRow, c, cRow, depth, accumulate)
    b += 16
    c += 16
  }
  if (columns & 2) {
    narrow4<u64>(a, aRow, aDepth, b, bRow, c, cRow, depth, accumulate)
    b += 8
    c += 8
  }
  if (columns & 1) narrow4<u32>(a, aRow, aDepth, b, bRow, c, cRow, depth, accumulate)
}

/** The last 1–7 columns of one row. */
export function edge1(
  a: usize,
  aDepth: usize,
  b: usize,
  bRow: usize,
  c: usize,
  depth: i32,
  accumulate: bool,
  columns: i32,
): void {
  if (columns & 4) {
    narrow1<v128>(a, aDepth, b, bRow, c, depth, accumulate)
    b += 16
    c += 16
  }
  if (columns & 2) {
    narrow1<u64>(a, aDepth, b, bRow, c, depth, accumulate)
    b += 8
    c += 8
  }
  if (columns & 1) narrow1<u32>(a, aDepth, b, bRow, c, depth, accumulate)
}
