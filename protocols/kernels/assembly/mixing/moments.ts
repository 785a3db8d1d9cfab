import { lanesTogether } from './pairs'

/** Elements of a block. As MOMENTS_BLOCK in protocols/kernels/blocks.ts. */
export const BLOCK: usize = 512
/** A block whose sum of squares is below this may have lost digits to underflow. As SQUARES_MIN there. */
const SQUARES_MIN: f64 = 8.271806125530277e-25

/** A mean whose square is at most a 16th of the variance is as good as 0. As CENTRED there. */
const CENTRED: f64 = 16

/** What is known of the elements so far, three f64: their number, mean, and sum of squared deviations from it. */
const MEAN: usize = 8
const DEVIATIONS: usize = 16

/** Elements of a block that begins at `from`. */
@inline
export function blockLength(from: usize, length: usize): usize {
  return min(BLOCK, length - from)
}

/** The sum of four lanes of float32, in float64: lanes (0 + 2) + (1 + 3). */
@inline
export function sumOfLanes(lanes: v128): f64 {
  const high = v128.shuffle<i64>(lanes, lanes, 1, 0)
  return lanesTogether(f64x2.add(f64x2.promote_low_f32x4(lanes), f64x2.promote_low_f32x4(high)))
}

/** Up to three elements, the lanes beyond them filled with `rest`. */
@inline
export function few(x: usize, length: usize, rest: v128): v128 {
  let values = v128.load32_lane(x, rest, 0)
  if (length > 1) values = v128.load32_lane(x, values, 1, 4)
  if (length > 2) values = v128.load32_lane(x, values, 2, 8)
  return values
}

/** Mean of a block, in float64: element i in lane i mod 4. */
function meanOf(x: usize, length: usize): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  const zero = f32x4.splat(0)
  for (let i: usize = 0; i < length; i += 4) {
    const at = x + (i << 2)
    const values = i + 4 <= length ? v128.load(at) : few(at, length - i, zero)
    low = f64x2.add(low, f64x2.promote_low_f32x4(values))
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(values, values, 1, 0)))
  }
  return lanesTogether(f64x2.add(low, high)) / <f64>length
}

/** What the deviations of the next block are taken from: at first the mean of that block itself. */
function originOf(x: usize, length: usize, state: usize): f32 {
  return load<f64>(state) == 0 ? <f32>meanOf(x, length) : originAfter(state)
}

/** The same where it is not the first block. */
export function originAfter(state: usize): f32 {
  const known = load<f64>(state)
  const mean = load<f64>(state, MEAN)
  return mean * mean * known * CENTRED <= load<f64>(state, DEVIATIONS) ? 0 : <f32>mean
}

/** Puts a block to what is known: Chan, Golub and LeVeque 1979, updating formulae. */
function combine(state: usize, n: f64, origin: f64, sum: f64, squares: f64): void {
  const known = load<f64>(state)
  const step = sum / n
  const all = known + n
  const part = n / all
  const delta = origin + step - load<f64>(state, MEAN)
  store<f64>(state, all)
  store<f64>(state, load<f64>(state, MEAN) + delta * part, MEAN)
  const more = squares - sum * step + delta * delta * (known * part)
  store<f64>(state, load<f64>(state, DEVIATIONS) + more, DEVIATIONS)
}

/** The same block where the range of float32 is too small. */
function wideBlock(x: usize, length: usize, origin: f64, state: usize): void {
  let sum: f64 = 0
  let squares: f64 = 0
  for (let i: usize = 0; i < length; i++) {
    const d = <f64>load<f32>(x + (i << 2)) - origin
    sum += d
    squares += d * d
  }
  combine(state, <f64>length, origin, sum, squares)
}

/**
 * Puts a block to what `state` knows.
 * @param sum of deviations from `origin`. @param squares their sum; both are taken anew from `x` where this one left the range.
 */
export function addSums(x: usize, length: usize, origin: f32, sum: f64, squares: f64, state: usize): void {
  if (squares >= SQUARES_MIN && squares < Infinity) combine(state, <f64>length, origin, sum, squares)
  else wideBlock(x, length, origin, state)
}

/** Puts one block to what `state` knows: element i in lane i mod 4. */
export function addBlock(x: usize, length: usize, state: usize): void {
  const origin = originOf(x, length, state)
  const o = f32x4.splat(origin)
  let s = f32x4.splat(0)
  let q = s
  const whole = length & ~3
  let at = x
  const end = x + (whole << 2)
  while (at < end) {
    const d = f32x4.sub(v128.load(at), o)
    s = f32x4.add(s, d)
    q = f32x4.add(q, f32x4.mul(d, d))
    at += 16
  }
  if (whole < length) {
    const d = f32x4.sub(few(at, length - whole, o), o)
    s = f32x4.add(s, d)
    q = f32x4.add(q, f32x4.mul(d, d))
  }
  addSums(x, length, origin, sumOfLanes(s), sumOfLanes(q), state)
}
