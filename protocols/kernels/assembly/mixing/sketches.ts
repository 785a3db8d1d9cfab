import { nextPair, pair, single } from './pairs'

/** Coefficients are made four at a time; sums are taken one by one, by rising index, as peers compare them to the bit. */

const FRACTION: f64 = 1.0 / 2147483648.0
const TOLERANCE: f64 = 1.0 / 8388608.0
/** 2^−149 */
const SMALLEST: f64 = 1.401298464324817e-45

@inline
function hashOf(seed: v128, index: v128): v128 {
  let hash = i32x4.mul(v128.xor(seed, index), i32x4.splat(0x9e3779b1))
  hash = i32x4.mul(v128.xor(v128.xor(hash, i32x4.shr_u(hash, 15)), seed), i32x4.splat(0x85ebca6b))
  hash = i32x4.mul(v128.xor(hash, i32x4.shr_u(hash, 13)), i32x4.splat(0xc2b2ae35))
  return v128.xor(hash, i32x4.shr_u(hash, 16))
}

/** Coefficients of the two low hashes. */
@inline
function coefficients(hash: v128): v128 {
  const one = v128.or(i32x4.shr_s(hash, 31), i32x4.splat(1))
  return f64x2.add(
    f64x2.convert_low_i32x4_s(one),
    f64x2.mul(f64x2.convert_low_i32x4_s(hash), f64x2.splat(FRACTION)),
  )
}

@inline
function high(hash: v128): v128 {
  return i32x4.shuffle(hash, hash, 2, 3, 2, 3)
}

@inline
function indices(first: u32): v128 {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3))
}

/** Elements 0 and 1 in `a`, 2 and 3 in `b`. */
@inline
function oneByOne(sum: f64, a: v128, b: v128): f64 {
  sum += f64x2.extract_lane(a, 0)
  sum += f64x2.extract_lane(a, 1)
  sum += f64x2.extract_lane(b, 0)
  return sum + f64x2.extract_lane(b, 1)
}

/** sum + Σ r[i]·x[i], r of (seed, first + i). */
export function sketch(x: usize, seed: u32, first: u32, length: usize, sum: f64): f64 {
  const seeds = i32x4.splat(seed)
  let index = indices(first)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    const hash = hashOf(seeds, index)
    const a = f64x2.mul(coefficients(hash), pair(x))
    const b = f64x2.mul(coefficients(high(hash)), nextPair(x))
    sum = oneByOne(sum, a, b)
    index = i32x4.add(index, i32x4.splat(4))
    x += 16
  }
  const rest = <i32>(length & 3)
  for (let i = 0; i < rest; i++) {
    const r = f64x2.extract_lane(coefficients(hashOf(seeds, index)), 0)
    sum += r * <f64>load<f32>(x)
    index = i32x4.add(index, i32x4.splat(1))
    x += 4
  }
  return sum
}

@inline
function allowed(hash: v128, x: v128): v128 {
  return f64x2.mul(
    f64x2.abs(coefficients(hash)),
    f64x2.add(f64x2.mul(f64x2.abs(x), f64x2.splat(TOLERANCE)), f64x2.splat(SMALLEST)),
  )
}

/** sum + Σ |r[i]|·(|x[i]|·2^−23 + 2^−149), r of (seed, first + i). */
export function sketchTolerance(x: usize, seed: u32, first: u32, length: usize, sum: f64): f64 {
  const seeds = i32x4.splat(seed)
  let index = indices(first)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    const hash = hashOf(seeds, index)
    const a = allowed(hash, pair(x))
    const b = allowed(high(hash), nextPair(x))
    sum = oneByOne(sum, a, b)
    index = i32x4.add(index, i32x4.splat(4))
    x += 16
  }
  const rest = <i32>(length & 3)
  for (let i = 0; i < rest; i++) {
    sum += f64x2.extract_lane(allowed(hashOf(seeds, index), single(x)), 0)
    index = i32x4.add(index, i32x4.splat(1))
    x += 4
  }
  return sum
}
