import { Context } from './context'
import { exp, log } from './exponential'

/** A loss over rows of values. */
@unmanaged
export class Loss {
  /** Logits or predictions, rows × columns. */
  x!: usize
  /** Gradient of the mean loss; 0 where nothing asks for it. */
  dx!: usize
  rows!: i32
  columns!: i32
}

/**
 * Softmax and cross-entropy with labels, and the gradient of their mean, (p − onehot(label))/rows. Exponentials in float32, sums and the
 * logarithm in float64, log-sum-exp so that no log(0) arises.
 */
export function softmaxCrossEntropy(context: Context, op: Loss): void {
  let lossSum: f64 = 0
  let correct = 0
  const columns = op.columns
  const share = <f64>1 / <f64>op.rows
  for (let row = 0; row < op.rows; row++) {
    const x = op.x + ((<usize>row * columns) << 2)
    const label = <i32>load<u8>(context.labels + row)
    let best = 0
    let largest = load<f32>(x)
    for (let k = 1; k < columns; k++) {
      const value = load<f32>(x + ((<usize>k) << 2))
      if (value > largest) {
        best = k
        largest = value
      }
    }
    const total = op.dx
      ? exponentials(x, op.dx + ((<usize>row * columns) << 2), columns, largest)
      : sumOfExponentials(x, columns, largest)
    lossSum += log(total) + <f64>largest - <f64>load<f32>(x + ((<usize>label) << 2))
    if (best == label) correct++
    if (!op.dx) continue
    const dx = op.dx + ((<usize>row * columns) << 2)
    const factor = <f32>(share / total)
    for (let k = 0; k < columns; k++) {
      const at = dx + ((<usize>k) << 2)
      store<f32>(at, load<f32>(at) * factor)
    }
    const at = dx + ((<usize>label) << 2)
    store<f32>(at, load<f32>(at) - <f32>share)
  }
  context.lossSum = lossSum
  context.correct = correct
}

/** out = e^(x − largest); returns the sum. */
function exponentials(x: usize, out: usize, columns: i32, largest: f32): f64 {
  const shift = f32x4.splat(largest)
  const bytes = (<usize>columns) << 2
  const whole = bytes & ~15
  let total: f64 = 0
  let i: usize = 0
  for (; i < whole; i += 16) {
    const e = exp(f32x4.sub(v128.load(x + i), shift))
    v128.store(out + i, e)
    total += sum(e)
  }
  for (; i < bytes; i += 4) {
    const e = exp(f32x4.sub(v128.load32_zero(x + i), shift))
    v128.store32_lane(out + i, e, 0)
    total += <f64>f32x4.extract_lane(e, 0)
  }
  return total
}

/** The same sum, in the same order. */
function sumOfExponentials(x: usize, columns: i32, largest: f32): f64 {
  const shift = f32x4.splat(largest)
  const bytes = (<usize>columns) << 2
  const whole = bytes & ~15
  let total: f64 = 0
  let i: usize = 0
  for (; i < whole; i += 16) total += sum(exp(f32x4.sub(v128.load(x + i), shift)))
  for (; i < bytes; i += 4) {
    total += <f64>f32x4.extract_lane(exp(f32x4.sub(v128.load32_zero(x + i), shift)), 0)
  }
  return total
}

function sum(x: v128): f64 {
  return (
    <f64>f32x4.extract_lane(x, 0) +
    <f64>f32x4.extract_lane(x, 1) +
    (<f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3))
  )
}

/** Mean over the columns of (x − target)², and the gradient of its mean over the rows. */
export function meanSquaredError(context: Context, op: Loss): void {
  const count = op.rows * op.columns
  const factor = <f64>2 / <f64>count
  let squares: f64 = 0
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2
    const difference = <f64>load<f32>(op.x + at) - <f64>load<f32>(context.targets + at)
    squares += difference * difference
    if (op.dx) store<f32>(op.dx + at, <f32>(difference * factor))
  }
  context.lossSum = squares / <f64>op.columns
  context.correct = 0
}
