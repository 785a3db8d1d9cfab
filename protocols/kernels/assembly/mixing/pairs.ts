/** Float32 in memory, float64 in registers, two at a time. */

/** Elements 0 and 1 at `x`. */
@inline
export function pair(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x))
}

/** Elements 2 and 3 at `x`: loaded anew, for a shuffle would compete with the sums for the same units. */
@inline
export function nextPair(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x, 8))
}

/** One element and a 0. */
@inline
export function single(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_zero(x))
}

@inline
export function storePair(to: usize, values: v128): void {
  v128.store64_lane(to, f32x4.demote_f64x2_zero(values), 0)
}

@inline
export function storeNextPair(to: usize, values: v128): void {
  v128.store64_lane(to, f32x4.demote_f64x2_zero(values), 0, 8)
}

@inline
export function storeSingle(to: usize, values: v128): void {
  v128.store32_lane(to, f32x4.demote_f64x2_zero(values), 0)
}

@inline
export function lanesTogether(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)
}
