/**
 * The greatest magnitudes, found by their bits: as an integer a magnitude is larger when its bits are. Counting digits from
 * the most significant one down finds the least magnitude that is taken; then one pass gathers. Nothing is sorted.
 */

const MAGNITUDE: u32 = 0x7fffffff

/**
 * Counts magnitudes whose bits above `above` are `prefix` by their bits from `shift` up to there.
 * @param counts 2^(above − shift) u32, added to.
 */
export function countDigits(
  x: usize,
  length: usize,
  counts: usize,
  prefix: u32,
  above: u32,
  shift: u32,
): void {
  const mask = ((<u32>1) << (above - shift)) - 1
  const end = x + (length << 2)
  while (x < end) {
    const bits = load<u32>(x) & MAGNITUDE
    // u64: shifting a u32 by 32 or more would shift by less.
    if (<u32>((<u64>bits) >> above) == prefix) {
      const at = counts + ((<usize>((bits >> shift) & mask)) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    x += 4
  }
}

/**
 * Writes the indices of magnitudes whose bits are more than `threshold`, and of the first ones that equal it.
 * @param ties how many may equal it, u32; lessened by those that were taken. @param base is added to each index.
 * @returns how many were written to `indices`, u32 with room for `length`.
 */
export function gatherAbove(
  x: usize,
  length: usize,
  threshold: u32,
  ties: usize,
  base: u32,
  indices: usize,
): u32 {
  const least = i32x4.splat(threshold)
  const magnitude = i32x4.splat(MAGNITUDE)
  let left = load<u32>(ties)
  let to = indices
  for (let i: usize = 0; i < length; i++) {
    const at = x + (i << 2)
    // Most are too small: four at once are passed over.
    if (i + 4 <= length && !v128.any_true(i32x4.ge_s(v128.and(v128.load(at), magnitude), least))) {
      i += 3
      continue
    }
    const bits = load<u32>(at) & MAGNITUDE
    if (bits < threshold || (bits == threshold && left == 0)) continue
    if (bits == threshold) left--
    store<u32>(to, base + <u32>i)
    to += 4
  }
  store<u32>(ties, left)
  return <u32>((to - indices) >> 2)
}
