import { Context } from './context'
import { update } from './optimizer'

/**
 * Batch normalisation (Ioffe and Szegedy 2015, "Batch Normalization", algorithm 1) of count×channels floats, as node/trainer/batch-norm.ts
 * has it: y = γ·(x − mean)/sqrt(variance + ε) + β. Sums in float64, statistics in float32.
 */
@unmanaged
export class BatchNorm {
  x!: usize
  y!: usize
  /** Gradients; they may be the same memory. `dx` is 0 where nothing asks for it. */
  dx!: usize
  dy!: usize
  count!: i32
  channels!: i32
  epsilon!: f32
  /** Elements of the weights before γ, and before β. */
  gamma!: i32
  beta!: i32
  /** Elements of `Context.statistics` before this layer's. */
  offset!: i32
  /** 0: normalise with the batch's own statistics; 1: and write them to `Context.statistics`; 2: normalise with those that are there. */
  mode!: i32
  relu!: i32
  /** Mean and variance of each channel, float32, that backward finds again. */
  kept!: usize
  /** Room for four float64 per channel. */
  scratch!: usize
}

const MEASURE: i32 = 1
const GIVEN: i32 = 2

export function batchNormForward(context: Context, op: BatchNorm): void {
  const given = context.statistics + ((<usize>op.offset) << 2)
  const bytes = (<usize>op.channels) << 3
  if (op.mode == GIVEN) memory.copy(op.kept, given, bytes)
  else measure(op)
  if (op.mode == MEASURE) memory.copy(given, op.kept, bytes)

  // scale = γ·inverse; the mean and the shift β stay apart, as the formula has them.
  const gamma = context.weights + ((<usize>op.gamma) << 2)
  const beta = context.weights + ((<usize>op.beta) << 2)
  const means = op.scratch
  const scales = means + ((<usize>op.channels) << 2)
  for (let c = 0; c < op.channels; c++) {
    const at = (<usize>c) << 2
    store<f32>(means + at, load<f32>(op.kept + 2 * at))
    store<f32>(scales + at, <f32>(<f64>load<f32>(gamma + at) * inverse(op, c)))
  }
  const row = (<usize>op.channels) << 2
  const whole = row & ~15
  const relu = op.relu != 0
  let x = op.x
  let y = op.y
  for (let n = 0; n < op.count; n++) {
    let c: usize = 0
    for (; c < whole; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(means + c))
      const out = f32x4.add(f32x4.mul(centred, v128.load(scales + c)), v128.load(beta + c))
      v128.store(y + c, relu ? f32x4.max(out, f32x4.splat(0)) : out)
    }
    for (; c < row; c += 4) {
      const out = (load<f32>(x + c) - load<f32>(means + c)) * load<f32>(scales + c) + load<f32>(beta + c)
      store<f32>(y + c, relu ? max<f32>(out, 0) : out)
    }
    x += row
    y += row
  }
}

/** 1/sqrt(variance + ε) of a channel. */
function inverse(op: BatchNorm, channel: i32): f64 {
  return 1 / sqrt(<f64>load<f32>(op.kept + ((<usize>channel) << 3), 4) + <f64>op.epsilon)
}

/** Mean and population variance of each channel into `kept`. */
function measure(op: BatchNorm): void {
  const sums = op.scratch
  const means = sums + ((<usize>op.channels) << 3)
  memory.fill(sums, 0, (<usize>op.channels) << 4)
  addColumns(op, op.x, sums)
  for (let c = 0; c < op.channels; c++) {
    const at = (<usize>c) << 3
    store<f64>(means + at, load<f64>(sums + at) / <f64>op.count)
  }
  memory.fill(sums, 0, (<usize>op.channels) << 3)
  let x = op.x
  for (let n = 0; n < op.count; n++) {
    for (let c = 0; c + 2 <= op.channels; c += 2) {
      const at = (<usize>c) << 3
      const d = f64x2.sub(
        f64x2.promote_low_f32x4(v128.load64_zero(x + ((<usize>c) << 2))),
        v128.load(means + at),
      )
      v128.store(sums + at, f64x2.add(v128.load(sums + at), f64x2.mul(d, d)))
    }
    if (op.channels & 1) {
      const at = (<usize>(op.channels - 1)) << 3
      const d = <f64>load<f32>(x + (at >> 1)) - load<f64>(means + at)
      store<f64>(sums + at, load<f64>(sums + at) + d * d)
    }
    x += (<usize>op.channels) << 2
  }
  for (let c = 0; c < op.channels; c++) {
    const at = (<usize>c) << 3
    store<f32>(op.kept + at, <f32>load<f64>(means + at))
    store<f32>(op.kept + at, <f32>(load<f64>(sums + at) / <f64>op.count), 4)
  }
}

/** sums += each row of x. */
function addColumns(op: BatchNorm, x: usize, sums: usize): void {
  for (let n = 0; n < op.count; n++) {
    for (let c = 0; c + 2 <= op.channels; c += 2) {
      const at = sums + ((<usize>c) << 3)
      const value = f64x2.promote_low_f32x4(v128.load64_zero(x + ((<usize>c) << 2)))
      v128.store(at, f64x2.add(v128.load(at), value))
    }
    if (op.channels & 1) {
      const last = <usize>(op.channels - 1)
      store<f64>(sums + (last << 3), load<f64>(sums + (last << 3)) + <f64>load<f32>(x + (last << 2)))
    }
    x += (<usize>op.channels) << 2
  }
}

/**
 * The gradients where the statistics are those of x itself. With x̂ the normalised input, dβ = Σ dy, dγ = Σ dy·x̂,
 * dx = γ/sqrt(variance + ε) · (dy − dβ/count − x̂·dγ/count). Then an optimizer step with dγ and dβ.
 */
export function batchNormBackward(context: Context, op: BatchNorm): void {
  const channels = op.channels
  const sums = op.scratch
  const products = sums + ((<usize>channels) << 3)
  memory.fill(sums, 0, (<usize>channels) << 4)
  addColumns(op, op.dy, sums)
  addProducts(op, products)
  const gradients = products + ((<usize>channels) << 3)
  for (let c = 0; c < channels; c++) {
    store<f32>(gradients + ((<usize>c) << 2), <f32>(load<f64>(products + ((<usize>c) << 3)) * inverse(op, c)))
    store<f32>(gradients + ((<usize>(channels + c)) << 2), <f32>load<f64>(sums + ((<usize>c) << 3)))
  }
  if (op.dx) inputGradient(context, op, sums, products)
  update(context, op.gamma, gradients, channels)
  update(context, op.beta, gradients + ((<usize>channels) << 2), channels)
}

/** products += Σ dy·(x − mean) */
function addProducts(op: BatchNorm, products: usize): void {
  let x = op.x
  let dy = op.dy
  const row = (<usize>op.channels) << 2
  for (let n = 0; n < op.count; n++) {
    for (let c: usize = 0; c < row; c += 4) {
      const centred = <f64>load<f32>(x + c) - <f64>load<f32>(op.kept + 2 * c)
      const at = products + 2 * c
      store<f64>(at, load<f64>(at) + <f64>load<f32>(dy + c) * centred)
    }
    x += row
    dy += row
  }
}

/** dx = scale·(dy − Σdy/count − (x − mean)·slope), three float32 per channel, which take the place of the sums. */
function inputGradient(context: Context, op: BatchNorm, sums: usize, products: usize): void {
  const channels = op.channels
  const gamma = context.weights + ((<usize>op.gamma) << 2)
  for (let c = 0; c < channels; c++) {
    const at = (<usize>c) << 3
    const factor = inverse(op, c)
    const scale = <f64>load<f32>(gamma + (at >> 1)) * factor
    const mean = load<f64>(sums + at) / <f64>op.count
    const slope = (factor * factor * load<f64>(products + at)) / <f64>op.count
    store<f32>(sums + at, <f32>scale)
    store<f32>(sums + at, <f32>mean, 4)
    store<f32>(products + at, <f32>slope)
  }
  let x = op.x
  let dy = op.dy
  let dx = op.dx
  const row = (<usize>channels) << 2
  for (let n = 0; n < op.count; n++) {
    for (let c: usize = 0; c < row; c += 4) {
      const centred = load<f32>(x + c) - load<f32>(op.kept + 2 * c)
      const sum = sums + 2 * c
      const rest = load<f32>(dy + c) - load<f32>(sum, 4) - centred * load<f32>(products + 2 * c)
      store<f32>(dx + c, load<f32>(sum) * rest)
    }
    x += row
    dy += row
    dx += row
  }
}
