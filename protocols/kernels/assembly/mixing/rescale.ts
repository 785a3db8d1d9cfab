import { nextPair, pair, single, storeNextPair, storePair, storeSingle } from './pairs'

/** x[i] = x[i] · (1 + factor) − mean · factor: an operation less than about the mean, and bound by arithmetic as it is. */
export function rescale(x: usize, mean: f64, factor: f64, length: usize): void {
  const gain = f64x2.splat(1 + factor)
  const shift = f64x2.splat(mean * factor)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    storePair(x, f64x2.sub(f64x2.mul(pair(x), gain), shift))
    storeNextPair(x, f64x2.sub(f64x2.mul(nextPair(x), gain), shift))
    x += 16
  }
  while (x < end) {
    storeSingle(x, f64x2.sub(f64x2.mul(single(x), gain), shift))
    x += 4
  }
}

/** out[i] = x[i] + fraction · (now[i] − since[i]); `out` may be any of them. */
export function advance(out: usize, x: usize, now: usize, since: usize, fraction: f64, length: usize): void {
  const f = f64x2.splat(fraction)
  const end = out + (length << 2)
  const whole = out + ((length & ~3) << 2)
  while (out < whole) {
    const a = f64x2.add(pair(x), f64x2.mul(f, f64x2.sub(pair(now), pair(since))))
    const b = f64x2.add(nextPair(x), f64x2.mul(f, f64x2.sub(nextPair(now), nextPair(since))))
    storePair(out, a)
    storeNextPair(out, b)
    out += 16
    x += 16
    now += 16
    since += 16
  }
  while (out < end) {
    storeSingle(out, f64x2.add(single(x), f64x2.mul(f, f64x2.sub(single(now), single(since)))))
    out += 4
    x += 4
    now += 4
    since += 4
  }
}
