/** The four lanes' sum, in a fixed order. */
function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  )
}

function put(c: usize, value: f32, accumulate: bool): void {
  store<f32>(c, accumulate ? load<f32>(c) + value : value)
}

/** C = A·Bᵀ by dot products of rows, 2 rows of A by 4 of B at a time. A is m×k, B is n×k, C is m×n. */
export function dots(a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, accumulate: bool): void {
  const deep = (<usize>k) << 2
  const row = (<usize>n) << 2
  let i = 0
  for (; i + 2 <= m; i += 2) {
    const x = a + <usize>i * deep
    const out = c + <usize>i * row
    let j = 0
    for (; j + 4 <= n; j += 4) dots2x4(x, b + <usize>j * deep, deep, out + ((<usize>j) << 2), row, accumulate)
    for (; j < n; j++) {
      dot(x, b + <usize>j * deep, deep, out + ((<usize>j) << 2), accumulate)
      dot(x + deep, b + <usize>j * deep, deep, out + row + ((<usize>j) << 2), accumulate)
    }
  }
  if (i == m) return
  for (let j = 0; j < n; j++) {
    dot(a + <usize>i * deep, b + <usize>j * deep, deep, c + <usize>i * row + ((<usize>j) << 2), accumulate)
  }
}

function dot(a: usize, b: usize, bytes: usize, c: usize, accumulate: bool): void {
  const whole = bytes & ~15
  let sums = f32x4.splat(0)
  let at: usize = 0
  for (; at < whole; at += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(a + at), v128.load(b + at)))
  let rest = sum(sums)
  for (; at < bytes; at += 4) rest += load<f32>(a + at) * load<f32>(b + at)
  put(c, rest, accumulate)
}

function dots2x4(a: usize, b: usize, bytes: usize, c: usize, cRow: usize, accumulate: bool): void {
  const whole = bytes & ~15
  let s00 = f32x4.splat(0),
    s01 = s00,
    s02 = s00,
    s03 = s00,
    s10 = s00,
    s11 = s00,
    s12 = s00,
    s13 = s00
  const a1 = a + bytes
  const b1 = b + bytes,
    b2 = b1 + bytes,
    b3 = b2 + bytes
  let at: usize = 0
  for (; at < whole; at += 16) {
    const x0 = v128.load(a + at)
    const x1 = v128.load(a1 + at)
    const y0 = v128.load(b + at)
    s00 = f32x4.add(s00, f32x4.mul(x0, y0))
    s10 = f32x4.add(s10, f32x4.mul(x1, y0))
    const y1 = v128.load(b1 + at)
    s01 = f32x4.add(s01, f32x4.mul(x0, y1))
    s11 = f32x4.add(s11, f32x4.mul(x1, y1))
    const y2 = v128.load(b2 + at)
    s02 = f32x4.add(s02, f32x4.mul(x0, y2))
    s12 = f32x4.add(s12, f32x4.mul(x1, y2))
    const y3 = v128.load(b3 + at)
    s03 = f32x4.add(s03, f32x4.mul(x0, y3))
    s13 = f32x4.add(s13, f32x4.mul(x1, y3))
  }
  let r00 = sum(s00),
    r01 = sum(s01),
    r02 = sum(s02),
    r03 = sum(s03)
  let r10 = sum(s10),
    r11 = sum(s11),
    r12 = sum(s12),
    r13 = sum(s13)
  for (; at < bytes; at += 4) {
    const x0 = load<f32>(a + at)
    const x1 = load<f32>(a1 + at)
    r00 += x0 * load<f32>(b + at)
    r01 += x0 * load<f32>(b1 + at)
    r02 += x0 * load<f32>(b2 + at)
    r03 += x0 * load<f32>(b3 + at)
    r10 += x1 * load<f32>(b + at)
    r11 += x1 * load<f32>(b1 + at)
    r12 += x1 * load<f32>(b2 + at)
    r13 += x1 * load<f32>(b3 + at)
  }
  put(c, r00, accumulate)
  put(c + 4, r01, accumulate)
  put(c + 8, r02, accumulate)
  put(c + 12, r03, accumulate)
  const d = c + cRow
  put(d, r10, accumulate)
  put(d + 4, r11, accumulate)
  put(d + 8, r12, accumulate)
  put(d + 12, r13, accumulate)
}
