/** Integers −127 to 127, each chunk of elements with one float32 scale: x ≈ q · scale. */

@inline
function greatest(x: usize, length: usize): f32 {
  let most = f32x4.splat(0)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    most = f32x4.max(most, f32x4.abs(v128.load(x)))
    x += 16
  }
  most = f32x4.max(most, v128.shuffle<i64>(most, most, 1, 0))
  let result = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1))
  while (x < end) {
    result = max(result, abs(load<f32>(x)))
    x += 4
  }
  return result
}

/** A scale below float32's normal range is rough, so what is divided by it may pass 127. */
@inline
function rounded(values: v128, scale: v128): v128 {
  const q = f32x4.nearest(f32x4.div(values, scale))
  return i32x4.trunc_sat_f32x4_s(f32x4.min(f32x4.max(q, f32x4.splat(-127)), f32x4.splat(127)))
}

/** @param scales one f32 for each chunk of `chunk` elements, the last of which may be shorter. `out` has `length` i8. */
export function quantiseInt8(out: usize, scales: usize, x: usize, chunk: usize, length: usize): void {
  for (let from: usize = 0; from < length; from += chunk) {
    const n = min(chunk, length - from)
    const scale = greatest(x, n) / 127
    store<f32>(scales, scale)
    scales += 4
    // Also where the greatest is so small that its scale is 0.
    if (scale == 0) memory.fill(out, 0, n)
    else quantiseChunk(out, x, scale, n)
    out += n
    x += n << 2
  }
}

function quantiseChunk(out: usize, x: usize, scale: f32, length: usize): void {
  const s = f32x4.splat(scale)
  const end = out + length
  const whole = out + (length & ~15)
  while (out < whole) {
    const low = i16x8.narrow_i32x4_s(rounded(v128.load(x), s), rounded(v128.load(x, 16), s))
    const high = i16x8.narrow_i32x4_s(rounded(v128.load(x, 32), s), rounded(v128.load(x, 48), s))
    v128.store(out, i8x16.narrow_i16x8_s(low, high))
    out += 16
    x += 64
  }
  while (out < end) {
    store<i8>(out, <i8>i32x4.extract_lane(rounded(v128.load32_zero(x), s), 0))
    out += 1
    x += 4
  }
}

/** out[i] = q[i] · scale, in float32. */
export function dequantiseInt8(out: usize, q: usize, scales: usize, chunk: usize, length: usize): void {
  for (let from: usize = 0; from < length; from += chunk) {
    const n = min(chunk, length - from)
    const scale = load<f32>(scales)
    const s = f32x4.splat(scale)
    const end = out + (n << 2)
    const whole = out + ((n & ~7) << 2)
    while (out < whole) {
      const eight = v128.load8x8_s(q)
      v128.store(out, f32x4.mul(s, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight))))
      v128.store(out, f32x4.mul(s, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight))), 16)
      out += 32
      q += 8
    }
    while (out < end) {
      store<f32>(out, scale * <f32>load<i8>(q))
      out += 4
      q += 1
    }
    scales += 4
  }
}

/** y[i] += (a · scale) · q[i], in float32: a · scale is rounded first. */
export function accumulateInt8(
  y: usize,
  q: usize,
  scales: usize,
  a: f32,
  chunk: usize,
  length: usize,
): void {
  for (let from: usize = 0; from < length; from += chunk) {
    const n = min(chunk, length - from)
    const factor = a * load<f32>(scales)
    const f = f32x4.splat(factor)
    const end = y + (n << 2)
    const whole = y + ((n & ~7) << 2)
    while (y < whole) {
      const eight = v128.load8x8_s(q)
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight))
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight))
      v128.store(y, f32x4.add(v128.load(y), f32x4.mul(f, low)))
      v128.store(y, f32x4.add(v128.load(y, 16), f32x4.mul(f, high)), 16)
      y += 32
      q += 8
    }
    while (y < end) {
      store<f32>(y, load<f32>(y) + factor * <f32>load<i8>(q))
      y += 4
      q += 1
    }
    scales += 4
  }
}
