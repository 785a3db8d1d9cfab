import { nextPair, pair, single, storeNextPair, storePair, storeSingle } from './pairs'

/** x[i] += (x[i] − mean) · factor */
export function rescale(x: usize, mean: f64, factor: f64, length: usize): void {
  const m = f64x2.splat(mean)
  const f = f64x2.splat(factor)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    const a = pair(x)
    const b = nextPair(x)
    storePair(x, f64x2.add(a, f64x2.mul(f64x2.sub(a, m), f)))
    storeNextPair(x, f64x2.add(b, f64x2.mul(f64x2.sub(b, m), f)))
    x += 16
  }
  while (x < end) {
    const a = single(x)
    storeSingle(x, f64x2.add(a, f64x2.mul(f64x2.sub(a, m), f)))
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
