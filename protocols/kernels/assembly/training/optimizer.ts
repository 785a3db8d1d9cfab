import { Context } from './context'

/** Values of `Context.optimizer`. */
const SGD: i32 = 0
const MOMENTUM: i32 = 1
const NESTEROV: i32 = 2
const ADAMW: i32 = 3

/**
 * One optimizer step for `length` weights from `offset` (elements), with their gradient at `gradient`. Their state is updated too. The
 * same operations in the same order as node/trainer/optimizer.ts.
 */
export function update(context: Context, offset: i32, gradient: usize, length: i32): void {
  const at = (<usize>offset) << 2
  const weights = context.weights + at
  const bytes = (<usize>length) << 2
  switch (context.optimizer) {
    case SGD:
      return descend(context, weights, gradient, bytes)
    case MOMENTUM:
    case NESTEROV:
      return accelerate(context, weights, context.first + at, gradient, bytes, context.optimizer == NESTEROV)
    case ADAMW:
      return adapt(context, weights, context.first + at, context.second + at, gradient, bytes)
  }
}

/** Whether a gradient of zero changes nothing at all. */
export function restsAtZero(context: Context): bool {
  return context.optimizer == SGD
}

/** w ← w − η·g */
function descend(context: Context, w: usize, g: usize, bytes: usize): void {
  const rate = f32x4.splat(context.rate)
  const whole = bytes & ~15
  let i: usize = 0
  for (; i < whole; i += 16) {
    v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.mul(v128.load(g + i), rate)))
  }
  for (; i < bytes; i += 4) {
    const x = f32x4.sub(v128.load32_zero(w + i), f32x4.mul(v128.load32_zero(g + i), rate))
    v128.store32_lane(w + i, x, 0)
  }
}

/** v ← μ·v + g; w ← w − η·v, or with Nesterov's look-ahead w ← w − η·(g + μ·v) (Sutskever et al. 2013). */
function accelerate(context: Context, w: usize, v: usize, g: usize, bytes: usize, ahead: bool): void {
  const rate = f32x4.splat(context.rate)
  const decay = f32x4.splat(context.decay)
  const whole = bytes & ~15
  let i: usize = 0
  for (; i < whole; i += 16) {
    const gradient = v128.load(g + i)
    const velocity = f32x4.add(f32x4.mul(v128.load(v + i), decay), gradient)
    v128.store(v + i, velocity)
    const move = ahead ? f32x4.add(f32x4.mul(velocity, decay), gradient) : velocity
    v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.mul(move, rate)))
  }
  for (; i < bytes; i += 4) {
    const gradient = v128.load32_zero(g + i)
    const velocity = f32x4.add(f32x4.mul(v128.load32_zero(v + i), decay), gradient)
    v128.store32_lane(v + i, velocity, 0)
    const move = ahead ? f32x4.add(f32x4.mul(velocity, decay), gradient) : velocity
    v128.store32_lane(w + i, f32x4.sub(v128.load32_zero(w + i), f32x4.mul(move, rate)), 0)
  }
}

/** AdamW, with corrections of bias that the caller has put into rate and floor. */
function adapt(context: Context, w: usize, m: usize, v: usize, g: usize, bytes: usize): void {
  const whole = bytes & ~15
  let i: usize = 0
  for (; i < whole; i += 16) {
    const gradient = v128.load(g + i)
    const first = moment(v128.load(m + i), gradient, context.decay, context.rest)
    const square = f32x4.mul(gradient, gradient)
    const second = moment(v128.load(v + i), square, context.secondDecay, context.secondRest)
    v128.store(m + i, first)
    v128.store(v + i, second)
    v128.store(w + i, adapted(context, v128.load(w + i), first, second))
  }
  for (; i < bytes; i += 4) {
    const gradient = v128.load32_zero(g + i)
    const first = moment(v128.load32_zero(m + i), gradient, context.decay, context.rest)
    const square = f32x4.mul(gradient, gradient)
    const second = moment(v128.load32_zero(v + i), square, context.secondDecay, context.secondRest)
    v128.store32_lane(m + i, first, 0)
    v128.store32_lane(v + i, second, 0)
    v128.store32_lane(w + i, adapted(context, v128.load32_zero(w + i), first, second), 0)
  }
}

function moment(old: v128, value: v128, decay: f32, rest: f32): v128 {
  return f32x4.add(f32x4.mul(old, f32x4.splat(decay)), f32x4.mul(value, f32x4.splat(rest)))
}

function adapted(context: Context, w: v128, first: v128, second: v128): v128 {
  const root = f32x4.add(f32x4.sqrt(second), f32x4.splat(context.floor))
  const move = f32x4.mul(f32x4.div(first, root), f32x4.splat(context.rate))
  return f32x4.sub(f32x4.mul(w, f32x4.splat(context.shrink)), move)
}
