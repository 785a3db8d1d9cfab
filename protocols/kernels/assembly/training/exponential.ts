/**
 * exp, log, tanh, the logistic function and the normal distribution by additions, products and divisions alone, so that every machine
 * gets the same bits. Errors are measured by test/kernels/functions.test.ts.
 */

/**
 * e^x in each lane, within 2 ulp; 0 below −87.3 (no denormals), infinity above 88.7, NaN for NaN. Range reduction and polynomial
 * are those of Cephes (Moshier, expf.c): x = n·ln 2 + r, |r| ≤ ln 2 / 2.
 */
export function exp(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)))
  // ln 2 in two parts, the first with few digits: n times it is exact.
  const r = f32x4.sub(
    f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.1219444e-4)),
  )
  let p = f32x4.splat(1.98756915e-4)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1))
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1))
  // Twice half the power: 2^128 itself is no float32.
  const power = i32x4.trunc_sat_f32x4_s(n)
  const half = i32x4.shr_s(power, 1)
  const one = i32x4.splat(127)
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, one), 23))
  p = f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.sub(power, half), one), 23))
  p = v128.bitselect(f32x4.splat(f32.MAX_VALUE * 2), p, f32x4.gt(x, f32x4.splat(88.72284)))
  return v128.andnot(p, f32x4.lt(x, f32x4.splat(-87.33654)))
}

/** e^x of one number; see `exp`. */
export function expOf(x: f32): f32 {
  return f32x4.extract_lane(exp(f32x4.splat(x)), 0)
}

/**
 * ln x for a positive normal x, NaN and infinity for themselves; within 1e-15 of 1 or relatively: ln x = n·ln 2 + 2·artanh(s), s = (m − 1)/(m + 1), m from √½ to √2.
 */
export function log(x: f64): f64 {
  if (!isFinite(x)) return x
  const bits = reinterpret<u64>(x)
  let n = <i32>((bits >> 52) & 0x7ff) - 1023
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000)
  if (m > 1.4142135623730951) {
    m *= 0.5
    n++
  }
  const s = (m - 1) / (m + 1)
  const q = s * s
  let sum: f64 = 0
  // s² ≤ 0.0295: the eleventh term is below 1e-17.
  for (let k = 21; k >= 1; k -= 2) sum = sum * q + 1 / <f64>k
  return <f64>n * 0.6931471805599453 + 2 * s * sum
}

/** 1/(1 + e^−x) in each lane. */
export function logistic(x: v128): v128 {
  const one = f32x4.splat(1)
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))))
}

/** tanh in each lane: a polynomial (Cephes, tanhf.c) near 0, else 1 − 2/(e^2|x| + 1) with the sign of x. */
export function tanh(x: v128): v128 {
  const one = f32x4.splat(1)
  const size = f32x4.abs(x)
  const q = f32x4.mul(x, x)
  let p = f32x4.splat(-5.70498872745e-3)
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(2.06390887954e-2))
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(-5.37397155531e-2))
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(1.33314422036e-1))
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(-3.33332819422e-1))
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, q), x), x)
  const tail = f32x4.div(f32x4.splat(2), f32x4.add(exp(f32x4.add(size, size)), one))
  const sign = v128.and(x, i32x4.splat(0x8000_0000))
  const far = v128.or(f32x4.sub(one, tail), sign)
  return v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.625)))
}

/** Density of the standard normal distribution: e^(−x²/2)/√(2π). */
export function density(x: v128): v128 {
  const square = f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))
  return f32x4.mul(exp(square), f32x4.splat(0.3989422804014327))
}

/**
 * Distribution function of the standard normal distribution, (1 + erf(x/√2))/2, within 2e-7: Abramowitz and Stegun 7.1.26, as tfjs
 * computes erf.
 */
export function distribution(x: v128): v128 {
  const one = f32x4.splat(1)
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.7071067811865476))
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(z, f32x4.splat(0.3275911))))
  let p = f32x4.splat(1.061405429)
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027))
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741))
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736))
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592))
  // (1 − erf z)/2, the tail on one side.
  const tail = f32x4.mul(f32x4.splat(0.5), f32x4.mul(f32x4.mul(p, t), exp(f32x4.neg(f32x4.mul(z, z)))))
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)))
}
