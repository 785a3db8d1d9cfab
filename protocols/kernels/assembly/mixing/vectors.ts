import { lanesTogether, nextPair, pair, single } from './pairs'

/** y[i] = x[i], to the bit; the two may overlap. What kernels that are bound by memory are measured against. */
export function copy(y: usize, x: usize, length: usize): void {
  memory.copy(y, x, length << 2)
}

/** y[i] += a · x[i], in float32. */
export function axpy(y: usize, x: usize, a: f32, length: usize): void {
  const factor = f32x4.splat(a)
  const end = y + (length << 2)
  const whole = y + ((length & ~3) << 2)
  while (y < whole) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(factor, v128.load(x))))
    y += 16
    x += 16
  }
  while (y < end) {
    store<f32>(y, load<f32>(y) + a * load<f32>(x))
    y += 4
    x += 4
  }
}

/** Σ x·y in float64: element i in lane i mod 4, lanes (0 + 2) + (1 + 3). */
export function dot(x: usize, y: usize, length: usize): f64 {
  let a = f64x2.splat(0)
  let b = f64x2.splat(0)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    a = f64x2.add(a, f64x2.mul(pair(x), pair(y)))
    b = f64x2.add(b, f64x2.mul(nextPair(x), nextPair(y)))
    x += 16
    y += 16
  }
  if (x + 8 <= end) {
    a = f64x2.add(a, f64x2.mul(pair(x), pair(y)))
    if (x + 12 <= end) b = f64x2.add(b, f64x2.mul(single(x + 8), single(y + 8)))
  } else if (x < end) a = f64x2.add(a, f64x2.mul(single(x), single(y)))
  return lanesTogether(f64x2.add(a, b))
}

@inline
function square(x: v128): v128 {
  return f64x2.mul(x, x)
}

/** Σ (x − y)², with the lanes of `dot`. */
export function squaredDistance(x: usize, y: usize, length: usize): f64 {
  let a = f64x2.splat(0)
  let b = f64x2.splat(0)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    a = f64x2.add(a, square(f64x2.sub(pair(x), pair(y))))
    b = f64x2.add(b, square(f64x2.sub(nextPair(x), nextPair(y))))
    x += 16
    y += 16
  }
  if (x + 8 <= end) {
    a = f64x2.add(a, square(f64x2.sub(pair(x), pair(y))))
    if (x + 12 <= end) b = f64x2.add(b, square(f64x2.sub(single(x + 8), single(y + 8))))
  } else if (x < end) a = f64x2.add(a, square(f64x2.sub(single(x), single(y))))
  return lanesTogether(f64x2.add(a, b))
}

/** x[i] = min(max(x[i], low), high) */
export function clip(x: usize, low: f32, high: f32, length: usize): void {
  const l = f32x4.splat(low)
  const h = f32x4.splat(high)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    v128.store(x, f32x4.min(f32x4.max(v128.load(x), l), h))
    x += 16
  }
  while (x < end) {
    store<f32>(x, min(max(load<f32>(x), low), high))
    x += 4
  }
}

const EXPONENT: u32 = 0x7f800000

/** Index of the first NaN or infinity, or −1. */
export function firstNonFinite(x: usize, length: usize): i32 {
  const exponent = i32x4.splat(EXPONENT)
  let i: usize = 0
  const whole = length & ~15
  while (i < whole) {
    const at = x + (i << 2)
    const found = v128.or(
      v128.or(nonFinite(v128.load(at), exponent), nonFinite(v128.load(at, 16), exponent)),
      v128.or(nonFinite(v128.load(at, 32), exponent), nonFinite(v128.load(at, 48), exponent)),
    )
    if (v128.any_true(found)) break
    i += 16
  }
  while (i < length) {
    if ((load<u32>(x + (i << 2)) & EXPONENT) == EXPONENT) return <i32>i
    i++
  }
  return -1
}

@inline
function nonFinite(values: v128, exponent: v128): v128 {
  return i32x4.eq(v128.and(values, exponent), exponent)
}
