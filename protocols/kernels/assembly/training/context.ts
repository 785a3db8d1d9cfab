/**
 * What a step works with beside its program. The fields lie in this order, 4 bytes each; node/trainer/compiled/context.ts writes the
 * same. All vectors of weights are laid out as the model's layout says.
 */
@unmanaged
export class Context {
  /** Float32 vector of all weights, which a step updates in place. */
  weights!: usize
  /** The optimizer's first vector: velocity, or the first moment. Of the weights' length; 0 where the optimizer has none. */
  first!: usize
  /** AdamW's second moment; else 0. */
  second!: usize
  /** See optimizer.ts. */
  optimizer!: i32
  /** Learning rate; AdamW's has the corrections of this step in it. */
  rate!: f32
  /** Momentum, or β1. */
  decay!: f32
  /** 1 − β1. */
  rest!: f32
  /** β2, and 1 − β2. */
  secondDecay!: f32
  secondRest!: f32
  /** ε, with the correction of this step in it. */
  floor!: f32
  /** What AdamW multiplies the weights with: 1 − η·λ. */
  shrink!: f32
  /** Chooses what dropout drops; another one each step. */
  seed!: u32
  /** Bytes, one per example. */
  labels!: usize
  /** Float32 values, one row per example, for mean squared error. */
  targets!: usize
  /** Σ of the batch's losses, written by the loss. */
  lossSum!: f64
  /** Examples whose largest logit is the label's. */
  correct!: i32
  /** Statistics that normalisations are given, or write to: see batch-norm.ts. */
  statistics!: usize
}
