import { multiply, multiplyStrided } from '../linear/gemm'
import { transpose } from '../linear/transpose'
import { Context } from './context'
import { update } from './optimizer'
import { addBias, sumRows } from './rows'

/** A dense layer, y = x·W + b: x is rows×inputs, W inputs×units, y rows×units. Fields of 4 bytes, as a program holds them. */
@unmanaged
export class Dense {
  x!: usize
  y!: usize
  /** Gradients; `dx` is 0 where nothing asks for it. */
  dx!: usize
  dy!: usize
  rows!: i32
  inputs!: i32
  units!: i32
  /** Elements of the weights before W, and before b; −1 without a bias. */
  kernel!: i32
  bias!: i32
  relu!: i32
  /** Room for W turned over, or for `STRIP_FLOATS` and a row of units, whichever is more. */
  scratch!: usize
}

/** Floats of a gradient that are updated while they are in first-level cache: 8 KB. */
const STRIP_FLOATS: i32 = 2048

export function denseForward(context: Context, op: Dense): void {
  multiply(op.x, context.weights + ((<usize>op.kernel) << 2), op.y, op.rows, op.units, op.inputs, false)
  if (op.bias < 0) return
  addBias(op.y, context.weights + ((<usize>op.bias) << 2), op.rows, op.units, op.relu != 0)
}

/** The gradient of x, then an optimizer step with those of W and b: W is still the old one in between. */
export function denseBackward(context: Context, op: Dense): void {
  if (op.dx) {
    transpose(context.weights + ((<usize>op.kernel) << 2), op.scratch, op.inputs, op.units)
    multiply(op.dy, op.scratch, op.dx, op.rows, op.inputs, op.units, false)
  }
  const rowsOfStrip = max(4, (STRIP_FLOATS / op.units) & ~3)
  const row = (<usize>op.units) << 2
  for (let from = 0; from < op.inputs; from += rowsOfStrip) {
    const count = min(rowsOfStrip, op.inputs - from)
    const x = op.x + ((<usize>from) << 2)
    multiplyStrided(
      x,
      4,
      (<usize>op.inputs) << 2,
      op.dy,
      row,
      op.scratch,
      row,
      count,
      op.units,
      op.rows,
      false,
    )
    update(context, op.kernel + from * op.units, op.scratch, count * op.units)
  }
  if (op.bias < 0) return
  sumRows(op.dy, op.scratch, op.rows, op.units)
  update(context, op.bias, op.scratch, op.units)
}
