import { density, distribution, logistic, tanh } from './exponential'

/** An activation of `count` floats. */
@unmanaged
export class Activation {
  /** Its input; what `y` is may be the same memory, except for GELU. */
  x!: usize
  y!: usize
  /** Gradients; may be the same memory. */
  dx!: usize
  dy!: usize
  count!: i32
  kind!: i32
}

/** Values of `Activation.kind`. */
const RELU: i32 = 0
const TANH: i32 = 1
const SIGMOID: i32 = 2
const GELU: i32 = 3

/** max(0, x), tanh, 1/(1 + e^−x), or x·Φ(x) (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units"). */
export function activate(op: Activation): void {
  const bytes = (<usize>op.count) << 2
  const whole = bytes & ~15
  const kind = op.kind
  let i: usize = 0
  for (; i < whole; i += 16) v128.store(op.y + i, activated(kind, v128.load(op.x + i)))
  for (; i < bytes; i += 4) v128.store32_lane(op.y + i, activated(kind, v128.load32_zero(op.x + i)), 0)
}

function activated(kind: i32, x: v128): v128 {
  switch (kind) {
    case RELU:
      return f32x4.max(x, f32x4.splat(0))
    case TANH:
      return tanh(x)
    case SIGMOID:
      return logistic(x)
    default:
      return f32x4.mul(x, distribution(x))
  }
}

/** dx = dy · the derivative: from `y`, and for GELU from `x`. */
export function activateBackward(op: Activation): void {
  const bytes = (<usize>op.count) << 2
  const whole = bytes & ~15
  const kind = op.kind
  const from = kind == GELU ? op.x : op.y
  let i: usize = 0
  for (; i < whole; i += 16) {
    v128.store(op.dx + i, slope(kind, v128.load(from + i), v128.load(op.dy + i)))
  }
  for (; i < bytes; i += 4) {
    const dx = slope(kind, v128.load32_zero(from + i), v128.load32_zero(op.dy + i))
    v128.store32_lane(op.dx + i, dx, 0)
  }
}

function slope(kind: i32, z: v128, dy: v128): v128 {
  const one = f32x4.splat(1)
  switch (kind) {
    case RELU:
      return v128.and(dy, f32x4.gt(z, f32x4.splat(0)))
    case TANH:
      return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(z, z)))
    case SIGMOID:
      return f32x4.mul(dy, f32x4.mul(z, f32x4.sub(one, z)))
    default:
      return f32x4.mul(dy, f32x4.add(distribution(z), f32x4.mul(z, density(z))))
  }
}
