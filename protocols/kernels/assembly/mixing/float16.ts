/** Float16 as IEEE 754 has it: 1 sign bit, 5 of exponent, 10 of fraction. */

/** Bits of 2^112: from the exponent's bias of float16 to that of float32. Exact also for what is subnormal in float16. */
const REBIAS: u32 = 0x77800000
/** Bits of 65,536: from here on float16 has nothing finite. */
const OVERFLOW: u32 = 0x47800000
/** Bits of 2^-14: below it float16 is subnormal. */
const SUBNORMAL: u32 = 0x38800000
/** Bits of 0.5: adding it leaves a subnormal's fraction, rounded, in the lowest bits. */
const ALIGN: u32 = 0x3f000000

/** Four float32 as float16, to nearest, ties to even, in the low halves of four u32. */
@inline
function halves(values: v128): v128 {
  const sign = v128.and(values, i32x4.splat(0x80000000))
  const bits = v128.xor(values, sign)
  // Into float16's exponent, plus half a unit less one, plus one where the last bit kept is odd.
  const odd = v128.and(i32x4.shr_u(bits, 13), i32x4.splat(1))
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(bits, i32x4.splat(0xc8000fff)), odd), 13)
  const align = i32x4.splat(ALIGN)
  const subnormal = i32x4.sub(f32x4.add(bits, align), align)
  const nan = v128.and(i32x4.gt_s(bits, i32x4.splat(0x7f800000)), i32x4.splat(0x200))
  const beyond = v128.or(nan, i32x4.splat(0x7c00))
  let result = v128.bitselect(subnormal, normal, i32x4.lt_s(bits, i32x4.splat(SUBNORMAL)))
  result = v128.bitselect(beyond, result, i32x4.ge_s(bits, i32x4.splat(OVERFLOW)))
  return v128.or(result, i32x4.shr_u(sign, 16))
}

/** Four float16 in u32 as float32; every one has an exact one. */
@inline
function widened(bits: v128): v128 {
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16)
  const magnitude = v128.and(bits, i32x4.splat(0x7fff))
  const value = f32x4.mul(i32x4.shl(magnitude, 13), i32x4.splat(REBIAS))
  const special = v128.and(i32x4.ge_s(magnitude, i32x4.splat(0x7c00)), i32x4.splat(0x7f800000))
  return v128.or(v128.or(value, special), sign)
}

/** `out` has `length` u16. */
export function quantiseFloat16(out: usize, x: usize, length: usize): void {
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    const four = halves(v128.load(x))
    v128.store64_lane(out, i16x8.narrow_i32x4_u(four, four), 0)
    x += 16
    out += 8
  }
  while (x < end) {
    store<u16>(out, <u16>i32x4.extract_lane(halves(v128.load32_zero(x)), 0))
    x += 4
    out += 2
  }
}

@inline
function oneOf(half: usize): f32 {
  return f32x4.extract_lane(widened(i32x4.splat(load<u16>(half))), 0)
}

/** out[i] = the value of the float16 at half[i]. */
export function dequantiseFloat16(out: usize, half: usize, length: usize): void {
  const end = out + (length << 2)
  const whole = out + ((length & ~3) << 2)
  while (out < whole) {
    v128.store(out, widened(v128.load16x4_u(half)))
    out += 16
    half += 8
  }
  while (out < end) {
    store<f32>(out, oneOf(half))
    out += 4
    half += 2
  }
}

/** y[i] += a · the value of the float16 at half[i], in float32. */
export function accumulateFloat16(y: usize, half: usize, a: f32, length: usize): void {
  const factor = f32x4.splat(a)
  const end = y + (length << 2)
  const whole = y + ((length & ~3) << 2)
  while (y < whole) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(factor, widened(v128.load16x4_u(half)))))
    y += 16
    half += 8
  }
  while (y < end) {
    store<f32>(y, load<f32>(y) + a * oneOf(half))
    y += 4
    half += 2
  }
}
