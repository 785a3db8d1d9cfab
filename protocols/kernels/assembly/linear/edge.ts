/** Tiles at the right edge of C, narrower than eight columns: 4, then 2, then 1. Operands as in tile.ts. */

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

function narrow4<W>(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  step: usize,
  jump: usize,
  inner: i32,
  outer: i32,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
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
  for (; outer > 0; outer--) {
    for (let i = inner; i > 0; i--) {
      const x = load<W>(b)
      s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(a0), x))
      s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(a1), x))
      s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(a2), x))
      s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(a3), x))
      a0 += step
      a1 += step
      a2 += step
      a3 += step
      b += bRow
    }
    a0 += jump
    a1 += jump
    a2 += jump
    a3 += jump
  }
  save<W>(c, s0)
  save<W>(c1, s1)
  save<W>(c2, s2)
  save<W>(c3, s3)
}

function narrow1<W>(
  a: usize,
  step: usize,
  jump: usize,
  inner: i32,
  outer: i32,
  b: usize,
  bRow: usize,
  c: usize,
  accumulate: bool,
): void {
  let sums = accumulate ? load<W>(c) : f32x4.splat(0)
  for (; outer > 0; outer--) {
    for (let i = inner; i > 0; i--) {
      sums = f32x4.add(sums, f32x4.mul(v128.load32_splat(a), load<W>(b)))
      a += step
      b += bRow
    }
    a += jump
  }
  save<W>(c, sums)
}

/** 4 rows × the last 1–7 columns. */
export function edge4(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  step: usize,
  jump: usize,
  inner: i32,
  outer: i32,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  columns: i32,
): void {
  if (columns & 4) {
    narrow4<v128>(a0, a1, a2, a3, step, jump, inner, outer, b, bRow, c, cRow, accumulate)
    b += 16
    c += 16
  }
  if (columns & 2) {
    narrow4<u64>(a0, a1, a2, a3, step, jump, inner, outer, b, bRow, c, cRow, accumulate)
    b += 8
    c += 8
  }
  if (columns & 1) narrow4<u32>(a0, a1, a2, a3, step, jump, inner, outer, b, bRow, c, cRow, accumulate)
}

/** 1 row × the last 1–7 columns. */
export function edge1(
  a: usize,
  step: usize,
  jump: usize,
  inner: i32,
  outer: i32,
  b: usize,
  bRow: usize,
  c: usize,
  accumulate: bool,
  columns: i32,
): void {
  if (columns & 4) {
    narrow1<v128>(a, step, jump, inner, outer, b, bRow, c, accumulate)
    b += 16
    c += 16
  }
  if (columns & 2) {
    narrow1<u64>(a, step, jump, inner, outer, b, bRow, c, accumulate)
    b += 8
    c += 8
  }
  if (columns & 1) narrow1<u32>(a, step, jump, inner, outer, b, bRow, c, accumulate)
}
