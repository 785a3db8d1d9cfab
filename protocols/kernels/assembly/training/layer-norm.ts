import { Context } from './context'
import { update } from './optimizer'

/** Layer normalisation (Ba et al. 2016) of each row: y = γ·(x − mean)/sqrt(variance + ε) + β, over the row's own moments. */
@unmanaged
export class LayerNorm {
  x!: usize
  y!: usize
  /** Gradients; they may be the same memory. `dx` is 0 where nothing asks for it. */
  dx!: usize
  dy!: usize
  rows!: i32
  columns!: i32
  epsilon!: f32
  /** Elements of the weights before γ, and before β. */
  gamma!: i32
  beta!: i32
  /** Mean and 1/sqrt(variance + ε) of each row, float32, that backward finds again. */
  kept!: usize
  /** Room for two rows. */
  scratch!: usize
}

export function layerNormForward(context: Context, op: LayerNorm): void {
  const row = (<usize>op.columns) << 2
  const gamma = context.weights + ((<usize>op.gamma) << 2)
  const beta = context.weights + ((<usize>op.beta) << 2)
  for (let n = 0; n < op.rows; n++) {
    const x = op.x + <usize>n * row
    const y = op.y + <usize>n * row
    let sum: f64 = 0
    for (let c: usize = 0; c < row; c += 4) sum += <f64>load<f32>(x + c)
    const mean = sum / <f64>op.columns
    let squares: f64 = 0
    for (let c: usize = 0; c < row; c += 4) {
      const d = <f64>load<f32>(x + c) - mean
      squares += d * d
    }
    const inverse = 1 / sqrt(squares / <f64>op.columns + <f64>op.epsilon)
    store<f32>(op.kept + ((<usize>n) << 3), <f32>mean)
    store<f32>(op.kept + ((<usize>n) << 3), <f32>inverse, 4)
    for (let c: usize = 0; c < row; c += 4) {
      const normal = <f32>((<f64>load<f32>(x + c) - mean) * inverse)
      store<f32>(y + c, normal * load<f32>(gamma + c) + load<f32>(beta + c))
    }
  }
}

/** With x̂ the normalised row and g = γ·dy: dx = inverse·(g − mean(g) − x̂·mean(g·x̂)). Then an optimizer step with dγ and dβ. */
export function layerNormBackward(context: Context, op: LayerNorm): void {
  const row = (<usize>op.columns) << 2
  const gamma = context.weights + ((<usize>op.gamma) << 2)
  const dGamma = op.scratch
  const dBeta = dGamma + row
  memory.fill(op.scratch, 0, 2 * row)
  for (let n = 0; n < op.rows; n++) {
    const x = op.x + <usize>n * row
    const dy = op.dy + <usize>n * row
    const mean = <f64>load<f32>(op.kept + ((<usize>n) << 3))
    const inverse = <f64>load<f32>(op.kept + ((<usize>n) << 3), 4)
    let sum: f64 = 0
    let product: f64 = 0
    for (let c: usize = 0; c < row; c += 4) {
      const normal = (<f64>load<f32>(x + c) - mean) * inverse
      const slope = <f64>load<f32>(dy + c)
      store<f32>(dGamma + c, load<f32>(dGamma + c) + <f32>(slope * normal))
      store<f32>(dBeta + c, load<f32>(dBeta + c) + <f32>slope)
      sum += slope * <f64>load<f32>(gamma + c)
      product += slope * <f64>load<f32>(gamma + c) * normal
    }
    if (!op.dx) continue
    const dx = op.dx + <usize>n * row
    for (let c: usize = 0; c < row; c += 4) {
      const normal = (<f64>load<f32>(x + c) - mean) * inverse
      const slope = <f64>load<f32>(dy + c) * <f64>load<f32>(gamma + c)
      const rest = slope - sum / <f64>op.columns - (normal * product) / <f64>op.columns
      store<f32>(dx + c, <f32>(inverse * rest))
    }
  }
  update(context, op.gamma, dGamma, op.columns)
  update(context, op.beta, dBeta, op.columns)
}
