import { Context } from './context'

/** Dropout (Srivastava et al. 2014), in the form that scales what it keeps by 1/(1 − rate). */
@unmanaged
export class Dropout {
  x!: usize
  y!: usize
  dx!: usize
  dy!: usize
  count!: i32
  /** rate · 2³²: below it a number drops its element. */
  threshold!: u32
  scale!: f32
  /** Tells one layer's numbers from another's. */
  salt!: i32
}

/** Which elements go is drawn from the step's seed and their place, so that the backward pass draws the same. May be in place. */
export function dropoutForward(context: Context, op: Dropout): void {
  drop(context, op, op.x, op.y)
}

export function dropoutBackward(context: Context, op: Dropout): void {
  drop(context, op, op.dy, op.dx)
}

function drop(context: Context, op: Dropout, from: usize, to: usize): void {
  const seed = mix(context.seed + <u32>op.salt * 0x9e37_79b9)
  for (let i = 0; i < op.count; i++) {
    const at = (<usize>i) << 2
    const keep = mix(seed + <u32>i) >= op.threshold
    store<f32>(to + at, keep ? load<f32>(from + at) * op.scale : 0)
  }
}

/** A bijection of 32 bits without visible pattern (Wellons, "Prospecting for Hash Functions", triple32 without its last round). */
function mix(x: u32): u32 {
  x = (x ^ (x >>> 16)) * 0x21f0_aaad
  x = (x ^ (x >>> 15)) * 0x735a_2d97
  return x ^ (x >>> 15)
}
