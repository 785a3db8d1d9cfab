import { Context } from '../training/context'
import { Loss, softmaxCrossEntropy } from '../training/loss'
import { update } from '../training/optimizer'

/** Values of `Context.optimizer`, as training/optimizer.ts has them. */
const SGD: i32 = 0
const MOMENTUM: i32 = 1
const ADAMW: i32 = 3

/**
 * The loss and the optimizer of the compiled trainer, for one tensor at a time. Weights are updated in place.
 * @param room for a Context and a Loss, 8-aligned: 128 bytes are enough.
 */

/** w ← w − η·v with v ← μ·v + g, or v = g where `v` is 0. */
export function descend(room: usize, w: usize, v: usize, g: usize, length: i32, rate: f32, decay: f32): void {
  const context = changetype<Context>(room)
  context.optimizer = v ? MOMENTUM : SGD
  context.weights = w
  context.first = v
  context.rate = rate
  context.decay = decay
  update(context, 0, g, length)
}

/** AdamW; `rate` and `floor` have the corrections of this step in them. */
export function adapt(
  room: usize,
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  length: i32,
  rate: f32,
  floor: f32,
  decay: f32,
  rest: f32,
  secondDecay: f32,
  secondRest: f32,
  shrink: f32,
): void {
  const context = changetype<Context>(room)
  context.optimizer = ADAMW
  context.weights = w
  context.first = m
  context.second = v
  context.rate = rate
  context.floor = floor
  context.decay = decay
  context.rest = rest
  context.secondDecay = secondDecay
  context.secondRest = secondRest
  context.shrink = shrink
  update(context, 0, g, length)
}

/**
 * Σ over the rows of −log softmax(x)[label], and the gradient of its mean.
 * @param labels a byte per row. @param dx rows×columns like x.
 */
export function lossOfSoftmax(room: usize, x: usize, labels: usize, dx: usize, rows: i32, columns: i32): f64 {
  const context = changetype<Context>(room)
  const loss = changetype<Loss>(room + offsetof<Context>())
  context.labels = labels
  loss.x = x
  loss.dx = dx
  loss.rows = rows
  loss.columns = columns
  softmaxCrossEntropy(context, loss)
  return context.lossSum
}
