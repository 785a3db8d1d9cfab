import { createRandom, shuffled } from '../../protocols/random.js'
import type { Random } from '../../protocols/random.js'
import type { Examples } from '../../protocols/training/contract.js'

/**
 * A slow, plain classifier: softmax regression, or one hidden layer of ReLU units. Glorot uniform kernels, zero biases,
 * plain SGD on the mean cross-entropy of a batch, pixels scaled by 1/255. An instrument that measures how hard a
 * dataset is, independent of the product's trainer. Leaves out everything else: momentum, decay, dropout.
 */
export interface ReferenceModel {
  readonly inputs: number
  /** 0 makes it a softmax regression. */
  readonly hidden: number
  readonly classes: number
  /** Kernels and biases, layer after layer; kernels are inputs × outputs, row-major. */
  readonly weights: Float32Array
}

/** A fresh model. The caller owns it. */
export const createModel = (
  { inputs, hidden, classes }: Omit<ReferenceModel, 'weights'>,
  random: Random,
): ReferenceModel => {
  const widths = hidden === 0 ? [inputs, classes] : [inputs, hidden, classes]
  const weights: number[] = []
  for (let layer = 1; layer < widths.length; layer++) {
    const [from, to] = [widths[layer - 1]!, widths[layer]!]
    const limit = Math.sqrt(6 / (from + to))
    for (let i = 0; i < from * to; i++) weights.push((2 * random.next() - 1) * limit)
    for (let i = 0; i < to; i++) weights.push(0)
  }
  return { inputs, hidden, classes, weights: Float32Array.from(weights) }
}

/** The lit pixels of every example: most of an image is black, and a black pixel changes nothing. */
export interface SparseExamples {
  readonly count: number
  readonly labels: Uint8Array
  /** The lit pixels of example i are entries starts[i] to starts[i + 1] of the two lists below. */
  readonly starts: Uint32Array
  readonly places: Uint16Array
  /** 0 to 1. */
  readonly values: Float32Array
}

export const sparse = ({ pixels, labels, count }: Examples): SparseExamples => {
  const lit = pixels.reduce((sum, pixel) => sum + (pixel > 0 ? 1 : 0), 0)
  const starts = new Uint32Array(count + 1)
  const places = new Uint16Array(lit)
  const values = new Float32Array(lit)
  const size = pixels.length / count
  let next = 0
  for (let i = 0; i < count; i++) {
    for (let place = 0; place < size; place++) {
      const pixel = pixels[i * size + place]!
      if (pixel === 0) continue
      places[next] = place
      values[next++] = pixel / 255
    }
    starts[i + 1] = next
  }
  return { count, labels, starts, places, values }
}

/** Batches of example indices for ever: a new shuffle each epoch, a last short batch is skipped. */
export function* batches(indices: readonly number[], size: number, random: Random): Generator<number[]> {
  const batch = Math.min(size, indices.length)
  for (;;) {
    const order = shuffled(indices, random)
    for (let start = 0; start + batch <= order.length; start += batch) yield order.slice(start, start + batch)
  }
}

/** One SGD step in place. Every forward pass of the batch comes before the first update, so no gradient is stored. */
export const step = (
  model: ReferenceModel,
  examples: SparseExamples,
  batch: readonly number[],
  learningRate: number,
): void => {
  const rate = learningRate / batch.length
  const passes = batch.map((index) => {
    const { activations, logits } = forward(model, examples, index)
    const errors = softmax(logits)
    errors[examples.labels[index]!]! -= 1
    return { index, activations, errors, hiddenErrors: backward(model, activations, errors) }
  })
  const { weights, hidden, classes, inputs } = model
  const outputStart = hidden === 0 ? 0 : (inputs + 1) * hidden
  for (const { index, activations, errors, hiddenErrors } of passes) {
    if (hidden === 0) updateSparse({ weights, outputs: classes, inputs }, examples, index, errors, rate)
    else {
      updateSparse({ weights, outputs: hidden, inputs }, examples, index, hiddenErrors, rate)
      for (let unit = 0; unit <= hidden; unit++) {
        const activation = unit === hidden ? 1 : activations[unit]!
        if (activation === 0) continue
        const row = outputStart + unit * classes
        for (let c = 0; c < classes; c++) weights[row + c]! -= rate * activation * errors[c]!
      }
    }
  }
}

/** Fraction of the examples whose most likely class is the label. */
export const accuracy = (model: ReferenceModel, examples: SparseExamples): number => {
  let right = 0
  for (let i = 0; i < examples.count; i++) {
    const { logits } = forward(model, examples, i)
    const best = logits.indexOf(Math.max(...logits))
    if (best === examples.labels[i]) right++
  }
  return right / examples.count
}

/** Trains a fresh model on everything: `epochs` passes, the rate falling linearly to a tenth. */
export const fit = (
  train: Examples,
  options: { readonly hidden: number; readonly epochs: number; readonly learningRate: number },
): ReferenceModel => {
  const random = createRandom('reference-mlp', options.hidden)
  const inputs = train.pixels.length / train.count
  const model = createModel({ inputs, hidden: options.hidden, classes: train.classes }, random)
  const examples = sparse(train)
  const order = Array.from({ length: train.count }, (_, index) => index)
  const steps = Math.floor(train.count / 32) * options.epochs
  const batch = batches(order, 32, random)
  for (let done = 0; done < steps; done++)
    step(model, examples, batch.next().value as number[], options.learningRate * (1 - (0.9 * done) / steps))
  return model
}

const forward = (model: ReferenceModel, examples: SparseExamples, index: number) => {
  const { weights, inputs, hidden, classes } = model
  const first = dense({ weights, inputs, outputs: hidden || classes }, examples, index)
  if (hidden === 0) return { activations: first, logits: first }
  for (let i = 0; i < hidden; i++) if (first[i]! < 0) first[i] = 0
  const start = (inputs + 1) * hidden
  const bias = start + hidden * classes
  const logits = new Float64Array(weights.subarray(bias, bias + classes))
  for (let unit = 0; unit < hidden; unit++) {
    const activation = first[unit]!
    if (activation === 0) continue
    for (let c = 0; c < classes; c++) logits[c]! += activation * weights[start + unit * classes + c]!
  }
  return { activations: first, logits }
}

interface FirstLayer {
  readonly weights: Float32Array
  readonly inputs: number
  readonly outputs: number
}

const dense = (
  { weights, inputs, outputs }: FirstLayer,
  { starts, places, values }: SparseExamples,
  index: number,
): Float64Array => {
  const bias = inputs * outputs
  const sums = new Float64Array(weights.subarray(bias, bias + outputs))
  for (let at = starts[index]!; at < starts[index + 1]!; at++) {
    const row = places[at]! * outputs
    const value = values[at]!
    for (let o = 0; o < outputs; o++) sums[o]! += value * weights[row + o]!
  }
  return sums
}

const updateSparse = (
  { weights, inputs, outputs }: FirstLayer,
  { starts, places, values }: SparseExamples,
  index: number,
  errors: Float64Array,
  rate: number,
): void => {
  for (let at = starts[index]!; at < starts[index + 1]!; at++) {
    const row = places[at]! * outputs
    const scale = rate * values[at]!
    for (let o = 0; o < outputs; o++) weights[row + o]! -= scale * errors[o]!
  }
  for (let o = 0; o < outputs; o++) weights[inputs * outputs + o]! -= rate * errors[o]!
}

const backward = (model: ReferenceModel, activations: Float64Array, errors: Float64Array): Float64Array => {
  const { weights, inputs, hidden, classes } = model
  const start = (inputs + 1) * hidden
  const result = new Float64Array(hidden)
  for (let unit = 0; unit < hidden; unit++) {
    if (activations[unit]! === 0) continue
    for (let c = 0; c < classes; c++) result[unit]! += weights[start + unit * classes + c]! * errors[c]!
  }
  return result
}

const softmax = (logits: Float64Array): Float64Array => {
  const most = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp(logit - most))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}
