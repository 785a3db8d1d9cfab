import { BLOCK } from './moments'
import { nextPair, pair, single, storeNextPair, storePair, storeSingle } from './pairs'

/** Adds share·x to a sum. */
@inline
function plus(sum: v128, share: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.mul(share, x))
}

/** `count` is a constant wherever this is called, so the compiler leaves one straight loop for each number of inputs. */
@inline
function sumOf(
  count: i32,
  inputs: usize,
  shares: usize,
  at: usize,
  length: usize,
  out: usize,
): void {
  let x0 = <usize>load<u32>(inputs) + at
  let x1 = count > 1 ? <usize>load<u32>(inputs, 4) + at : 0
  let x2 = count > 2 ? <usize>load<u32>(inputs, 8) + at : 0
  let x3 = count > 3 ? <usize>load<u32>(inputs, 12) + at : 0
  out += at
  const zero = f64x2.splat(0)
  const w0 = v128.load64_splat(shares)
  const w1 = count > 1 ? v128.load64_splat(shares, 8) : zero
  const w2 = count > 2 ? v128.load64_splat(shares, 16) : zero
  const w3 = count > 3 ? v128.load64_splat(shares, 24) : zero
  const end = out + (length << 2)
  const whole = out + ((length & ~3) << 2)
  while (out < whole) {
    let a = f64x2.mul(w0, pair(x0))
    let b = f64x2.mul(w0, nextPair(x0))
    if (count > 1) {
      a = plus(a, w1, pair(x1))
      b = plus(b, w1, nextPair(x1))
    }
    if (count > 2) {
      a = plus(a, w2, pair(x2))
      b = plus(b, w2, nextPair(x2))
    }
    if (count > 3) {
      a = plus(a, w3, pair(x3))
      b = plus(b, w3, nextPair(x3))
    }
    storePair(out, a)
    storeNextPair(out, b)
    out += 16
    x0 += 16
    if (count > 1) x1 += 16
    if (count > 2) x2 += 16
    if (count > 3) x3 += 16
  }
  while (out < end) {
    let a = f64x2.mul(w0, single(x0))
    if (count > 1) a = plus(a, w1, single(x1))
    if (count > 2) a = plus(a, w2, single(x2))
    if (count > 3) a = plus(a, w3, single(x3))
    storeSingle(out, a)
    out += 4
    x0 += 4
    if (count > 1) x1 += 4
    if (count > 2) x2 += 4
    if (count > 3) x3 += 4
  }
}

/** The most inputs that one loop takes. */
export const FEW: i32 = 4

/**
 * out = Σ share_k · x_k of 1 to FEW inputs.
 * @param at bytes to skip in every input and in `out`.
 */
export function sumOfFew(
  count: i32,
  inputs: usize,
  shares: usize,
  at: usize,
  length: usize,
  out: usize,
): void {
  if (count == 1) sumOf(1, inputs, shares, at, length, out)
  else if (count == 2) sumOf(2, inputs, shares, at, length, out)
  else if (count == 3) sumOf(3, inputs, shares, at, length, out)
  else sumOf(4, inputs, shares, at, length, out)
}

/** sums[i] = −0: what is added to it stays as it is, be it another −0. */
export function clear(sums: usize, length: usize): void {
  const end = sums + (length << 3)
  for (; sums < end; sums += 8) store<f64>(sums, -0.0)
}

/** sums[i] += share · x[i]; sums are f64. */
export function addToSums(sums: usize, x: usize, share: f64, length: usize): void {
  const w = f64x2.splat(share)
  const end = x + (length << 2)
  const whole = x + ((length & ~3) << 2)
  while (x < whole) {
    v128.store(sums, plus(v128.load(sums), w, pair(x)))
    v128.store(sums, plus(v128.load(sums, 16), w, nextPair(x)), 16)
    x += 16
    sums += 32
  }
  while (x < end) {
    store<f64>(sums, load<f64>(sums) + share * <f64>load<f32>(x))
    x += 4
    sums += 8
  }
}

/** out[i] = sums[i], rounded. */
export function roundSums(out: usize, sums: usize, length: usize): void {
  const end = out + (length << 2)
  while (out < end) {
    store<f32>(out, <f32>load<f64>(sums))
    out += 4
    sums += 8
  }
}

/**
 * out = Σ share_k · x_k; `out` may be one of the inputs.
 * @param inputs `count` addresses, u32. @param shares `count` f64. @param sums room for 512 f64.
 */
export function weightedSum(
  count: i32,
  inputs: usize,
  shares: usize,
  length: usize,
  out: usize,
  sums: usize,
): void {
  if (count <= FEW) return sumOfFew(count, inputs, shares, 0, length, out)
  for (let from: usize = 0; from < length; from += BLOCK) {
    const n = min(BLOCK, length - from)
    const at = from << 2
    clear(sums, n)
    for (let k: i32 = 0; k < count; k++) {
      const x = <usize>load<u32>(inputs + (<usize>k << 2)) + at
      addToSums(sums, x, load<f64>(shares + (<usize>k << 3)), n)
    }
    roundSums(out + at, sums, n)
  }
}
