/**
 * out[i] = the mean of the values x_k[i] that remain when the `trim` least and the `trim` greatest are left out; with
 * trim = (count − 1) / 2 the median. Sorts four elements of all inputs at once, by insertion.
 * @param inputs `count` addresses, u32. @param sorted room for `count` × 16 bytes. `out` may be one of the inputs.
 */
export function trimmedMean(
  count: i32,
  inputs: usize,
  trim: i32,
  length: usize,
  out: usize,
  sorted: usize,
): void {
  const kept = f64x2.splat(<f64>(count - 2 * trim))
  for (let i: usize = 0; i < length; i += 4) {
    const left = length - i
    for (let k: i32 = 0; k < count; k++) {
      const x = <usize>load<u32>(inputs + (<usize>k << 2)) + (i << 2)
      insert(sorted, k, left >= 4 ? v128.load(x) : few(x, left))
    }
    let low = f64x2.splat(0)
    let high = f64x2.splat(0)
    for (let k = trim; k < count - trim; k++) {
      const values = v128.load(sorted + (<usize>k << 4))
      low = f64x2.add(low, f64x2.promote_low_f32x4(values))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(values, values, 1, 0)))
    }
    const a = f32x4.demote_f64x2_zero(f64x2.div(low, kept))
    const b = f32x4.demote_f64x2_zero(f64x2.div(high, kept))
    storeUpTo4(out + (i << 2), v128.shuffle<i64>(a, b, 0, 2), left)
  }
}

/** Lets a value sink to its place among `count` sorted ones. min and max order −0 before +0. */
@inline
function insert(sorted: usize, count: i32, values: v128): void {
  let at = sorted
  const end = sorted + (<usize>count << 4)
  while (at < end) {
    const there = v128.load(at)
    v128.store(at, f32x4.min(there, values))
    values = f32x4.max(there, values)
    at += 16
  }
  v128.store(at, values)
}

function few(x: usize, length: usize): v128 {
  let values = v128.load32_zero(x)
  if (length > 1) values = v128.load32_lane(x, values, 1, 4)
  if (length > 2) values = v128.load32_lane(x, values, 2, 8)
  return values
}

@inline
function storeUpTo4(to: usize, values: v128, length: usize): void {
  if (length >= 4) return v128.store(to, values)
  v128.store32_lane(to, values, 0)
  if (length > 1) v128.store32_lane(to, values, 1, 4)
  if (length > 2) v128.store32_lane(to, values, 2, 8)
}
