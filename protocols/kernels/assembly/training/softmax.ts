import { expOf } from './exponential'

/** Softmax of each row, as a layer of its own. */
@unmanaged
export class Softmax {
  x!: usize
  y!: usize
  dx!: usize
  dy!: usize
  rows!: i32
  columns!: i32
}

/** y = e^(x − max)/Σ. May be in place. */
export function softmaxForward(op: Softmax): void {
  const row = (<usize>op.columns) << 2
  for (let n = 0; n < op.rows; n++) {
    const x = op.x + <usize>n * row
    const y = op.y + <usize>n * row
    let largest = load<f32>(x)
    for (let c: usize = 4; c < row; c += 4) largest = max(largest, load<f32>(x + c))
    let total: f64 = 0
    for (let c: usize = 0; c < row; c += 4) {
      const e = expOf(load<f32>(x + c) - largest)
      store<f32>(y + c, e)
      total += <f64>e
    }
    for (let c: usize = 0; c < row; c += 4) store<f32>(y + c, <f32>(<f64>load<f32>(y + c) / total))
  }
}

/** dx = y·(dy − Σ dy·y). May be in place. */
export function softmaxBackward(op: Softmax): void {
  const row = (<usize>op.columns) << 2
  for (let n = 0; n < op.rows; n++) {
    const at = <usize>n * row
    let product: f64 = 0
    for (let c: usize = 0; c < row; c += 4) {
      product += <f64>load<f32>(op.dy + at + c) * <f64>load<f32>(op.y + at + c)
    }
    for (let c: usize = 0; c < row; c += 4) {
      const rest = <f64>load<f32>(op.dy + at + c) - product
      store<f32>(op.dx + at + c, <f32>(<f64>load<f32>(op.y + at + c) * rest))
    }
  }
}
