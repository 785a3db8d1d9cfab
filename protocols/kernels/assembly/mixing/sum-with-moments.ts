import { addBlock, addSums, blockLength, few, originAfter, sumOfLanes } from './moments'
import { nextPair, pair } from './pairs'
import { FEW, addToSums, clear, roundSums, sumOfFew } from './sum'

/** Bytes of one state of moments. */
const STATE: usize = 24

@inline
function input(inputs: usize, k: i32): usize {
  return <usize>load<u32>(inputs + (<usize>k << 2))
}

@inline
function share(shares: usize, k: i32): f64 {
  return load<f64>(shares + (<usize>k << 3))
}

/** share·x of four elements, put to the sums of the first two. */
@inline
function low(sum: v128, share: v128, x: usize): v128 {
  return f64x2.add(sum, f64x2.mul(share, pair(x)))
}

@inline
function high(sum: v128, share: v128, x: usize): v128 {
  return f64x2.add(sum, f64x2.mul(share, nextPair(x)))
}

/** Deviations of four elements. @param centred a constant: the origin is 0. */
@inline
function deviations(x: v128, origin: v128, centred: bool): v128 {
  return centred ? x : f32x4.sub(x, origin)
}

@inline
function plusSquare(sum: v128, d: v128): v128 {
  return f32x4.add(sum, f32x4.mul(d, d))
}

@inline
function put(x: usize, length: usize, origin: f32, sums: v128, squares: v128, state: usize): void {
  addSums(x, length, origin, sumOfLanes(sums), sumOfLanes(squares), state)
}

/**
 * Everything in one loop: what is read once serves the sum and the moments, and memory is waited for while the last is worked on.
 * `count` and `centred`, which says that all origins are 0, are constants wherever this is called.
 */
@inline
function fused(
  count: i32,
  centred: bool,
  inputs: usize,
  shares: usize,
  at: usize,
  length: usize,
  out: usize,
  origin0: f32,
  origin1: f32,
  origin2: f32,
  origin3: f32,
  origin: f32,
  states: usize,
): void {
  const zero = f32x4.splat(0)
  let x0 = input(inputs, 0) + at
  let x1 = count > 1 ? input(inputs, 1) + at : 0
  let x2 = count > 2 ? input(inputs, 2) + at : 0
  let x3 = count > 3 ? input(inputs, 3) + at : 0
  const o0 = f32x4.splat(origin0)
  const o1 = f32x4.splat(origin1)
  const o2 = f32x4.splat(origin2)
  const o3 = f32x4.splat(origin3)
  const o = f32x4.splat(origin)
  const w0 = v128.load64_splat(shares)
  const w1 = count > 1 ? v128.load64_splat(shares, 8) : zero
  const w2 = count > 2 ? v128.load64_splat(shares, 16) : zero
  const w3 = count > 3 ? v128.load64_splat(shares, 24) : zero
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s = zero
  let q0 = zero, q1 = zero, q2 = zero, q3 = zero, q = zero
  let to = out + at
  const whole = to + ((length & ~3) << 2)
  while (to < whole) {
    let a = f64x2.mul(w0, pair(x0))
    let b = f64x2.mul(w0, nextPair(x0))
    let d = deviations(v128.load(x0), o0, centred)
    s0 = f32x4.add(s0, d)
    q0 = plusSquare(q0, d)
    if (count > 1) {
      a = low(a, w1, x1)
      b = high(b, w1, x1)
      d = deviations(v128.load(x1), o1, centred)
      s1 = f32x4.add(s1, d)
      q1 = plusSquare(q1, d)
    }
    if (count > 2) {
      a = low(a, w2, x2)
      b = high(b, w2, x2)
      d = deviations(v128.load(x2), o2, centred)
      s2 = f32x4.add(s2, d)
      q2 = plusSquare(q2, d)
    }
    if (count > 3) {
      a = low(a, w3, x3)
      b = high(b, w3, x3)
      d = deviations(v128.load(x3), o3, centred)
      s3 = f32x4.add(s3, d)
      q3 = plusSquare(q3, d)
    }
    const rounded = v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2)
    v128.store(to, rounded)
    d = deviations(rounded, o, centred)
    s = f32x4.add(s, d)
    q = plusSquare(q, d)
    to += 16
    x0 += 16
    if (count > 1) x1 += 16
    if (count > 2) x2 += 16
    if (count > 3) x3 += 16
  }
  const left = length & 3
  if (left > 0) {
    sumOfFew(count, inputs, shares, at + ((length & ~3) << 2), left, out)
    let d = f32x4.sub(few(x0, left, o0), o0)
    s0 = f32x4.add(s0, d)
    q0 = plusSquare(q0, d)
    if (count > 1) {
      d = f32x4.sub(few(x1, left, o1), o1)
      s1 = f32x4.add(s1, d)
      q1 = plusSquare(q1, d)
    }
    if (count > 2) {
      d = f32x4.sub(few(x2, left, o2), o2)
      s2 = f32x4.add(s2, d)
      q2 = plusSquare(q2, d)
    }
    if (count > 3) {
      d = f32x4.sub(few(x3, left, o3), o3)
      s3 = f32x4.add(s3, d)
      q3 = plusSquare(q3, d)
    }
    d = f32x4.sub(few(to, left, o), o)
    s = f32x4.add(s, d)
    q = plusSquare(q, d)
  }
  put(input(inputs, 0) + at, length, origin0, s0, q0, states)
  if (count > 1) put(input(inputs, 1) + at, length, origin1, s1, q1, states + STATE)
  if (count > 2) put(input(inputs, 2) + at, length, origin2, s2, q2, states + 2 * STATE)
  if (count > 3) put(input(inputs, 3) + at, length, origin3, s3, q3, states + 3 * STATE)
  put(out + at, length, origin, s, q, states + <usize>count * STATE)
}

/** One block of 1 to 4 inputs, none of which is `out`, and not the first. `count` is a constant wherever this is called. */
@inline
function fewBlock(
  count: i32,
  inputs: usize,
  shares: usize,
  at: usize,
  length: usize,
  out: usize,
  states: usize,
): void {
  const origin0 = originAfter(states)
  const origin1 = count > 1 ? originAfter(states + STATE) : 0
  const origin2 = count > 2 ? originAfter(states + 2 * STATE) : 0
  const origin3 = count > 3 ? originAfter(states + 3 * STATE) : 0
  const origin = originAfter(states + <usize>count * STATE)
  if (origin0 == 0 && origin1 == 0 && origin2 == 0 && origin3 == 0 && origin == 0)
    fused(count, true, inputs, shares, at, length, out, 0, 0, 0, 0, 0, states)
  else fused(count, false, inputs, shares, at, length, out, origin0, origin1, origin2, origin3, origin, states)
}

/**
 * One block of any number of inputs, a loop for each. Reads an input for the last time before `out` is written.
 * @param sums room for a block of f64.
 */
function block(
  count: i32,
  inputs: usize,
  shares: usize,
  at: usize,
  length: usize,
  out: usize,
  states: usize,
  sums: usize,
): void {
  clear(sums, length)
  for (let k: i32 = 0; k < count; k++) {
    const x = input(inputs, k) + at
    addBlock(x, length, states + <usize>k * STATE)
    addToSums(sums, x, share(shares, k), length)
  }
  roundSums(out + at, sums, length)
  addBlock(out + at, length, states + <usize>count * STATE)
}

function isAmong(count: i32, inputs: usize, out: usize): bool {
  for (let k: i32 = 0; k < count; k++) if (input(inputs, k) == out) return true
  return false
}

/**
 * out = Σ share_k · x_k, and the moments of each input and, last, of the rounded sum; in one pass over memory. `out` may be one
 * of the inputs, which costs some speed.
 * @param inputs `count` addresses, u32. @param shares `count` f64. @param sums room for 512 f64.
 * @param states `count` + 1, see moments.ts; they go on from what they hold.
 */
export function weightedSumWithMoments(
  count: i32,
  inputs: usize,
  shares: usize,
  length: usize,
  out: usize,
  states: usize,
  sums: usize,
): void {
  const isFew = count <= FEW && !isAmong(count, inputs, out)
  let from: usize = 0
  while (from < length) {
    const n = blockLength(from, length)
    const at = from << 2
    // Of the first block, means are known only afterwards.
    const first = load<f64>(states) == 0
    if (first || !isFew) block(count, inputs, shares, at, n, out, states, sums)
    else if (count == 1) fewBlock(1, inputs, shares, at, n, out, states)
    else if (count == 2) fewBlock(2, inputs, shares, at, n, out, states)
    else if (count == 3) fewBlock(3, inputs, shares, at, n, out, states)
    else fewBlock(4, inputs, shares, at, n, out, states)
    from += n
  }
}
