/**
 * The innermost loops of matrix products and convolutions: a tile of C, some rows by eight columns, held in registers while
 * its products are summed in order. Row-major float32; strides in bytes, pointers need no alignment.
 *
 * The rows of A begin at `a0`…`a3`, anywhere. A row's factors are `inner` floats, `step` apart, then `jump` bytes more to the next
 * `inner` of them, `outer` times in all. Those of B follow each other by `bRow`. So a patch of an image is a row as it lies.
 *
 * Loops are not unrolled and tiles no larger: both spilled registers and cost a third of the speed (Node 20, AMD).
 */

/** 4 rows × 8 columns of C: eight vectors of sums, two of B, and four floats of A at a time. */
export function tile4x8(
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
  let s00 = f32x4.splat(0),
    s01 = s00,
    s10 = s00,
    s11 = s00,
    s20 = s00,
    s21 = s00,
    s30 = s00,
    s31 = s00
  const c1 = c + cRow,
    c2 = c1 + cRow,
    c3 = c2 + cRow
  if (accumulate) {
    s00 = v128.load(c)
    s01 = v128.load(c, 16)
    s10 = v128.load(c1)
    s11 = v128.load(c1, 16)
    s20 = v128.load(c2)
    s21 = v128.load(c2, 16)
    s30 = v128.load(c3)
    s31 = v128.load(c3, 16)
  }
  for (; outer > 0; outer--) {
    for (let i = inner; i > 0; i--) {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      const x0 = v128.load32_splat(a0)
      s00 = f32x4.add(s00, f32x4.mul(x0, b0))
      s01 = f32x4.add(s01, f32x4.mul(x0, b1))
      const x1 = v128.load32_splat(a1)
      s10 = f32x4.add(s10, f32x4.mul(x1, b0))
      s11 = f32x4.add(s11, f32x4.mul(x1, b1))
      const x2 = v128.load32_splat(a2)
      s20 = f32x4.add(s20, f32x4.mul(x2, b0))
      s21 = f32x4.add(s21, f32x4.mul(x2, b1))
      const x3 = v128.load32_splat(a3)
      s30 = f32x4.add(s30, f32x4.mul(x3, b0))
      s31 = f32x4.add(s31, f32x4.mul(x3, b1))
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
  v128.store(c, s00)
  v128.store(c, s01, 16)
  v128.store(c1, s10)
  v128.store(c1, s11, 16)
  v128.store(c2, s20)
  v128.store(c2, s21, 16)
  v128.store(c3, s30)
  v128.store(c3, s31, 16)
}

/** 1 row × 8 columns. */
export function tile1x8(
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
  let s0 = accumulate ? v128.load(c) : f32x4.splat(0)
  let s1 = accumulate ? v128.load(c, 16) : f32x4.splat(0)
  for (; outer > 0; outer--) {
    for (let i = inner; i > 0; i--) {
      const x = v128.load32_splat(a)
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(b)))
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(b, 16)))
      a += step
      b += bRow
    }
    a += jump
  }
  v128.store(c, s0)
  v128.store(c, s1, 16)
}
