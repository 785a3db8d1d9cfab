import type { Examples } from '../../protocols/training/contract.js'
import type { Random } from '../../protocols/random.js'

/** Yields the order in which examples are trained on. */
export interface BatchOrder {
  /** The indices of the next minibatch. The array is reused by the next call. */
  next(): Uint32Array
}

/**
 * Minibatches without replacement: every epoch visits each example once, in a fresh order. A batch that does not
 * divide the examples runs on into the next epoch, so no example is dropped and every batch is full.
 */
export const createBatchOrder = ({
  indices,
  batch,
  random,
}: {
  /** The examples to visit, at least one. Copied. */
  readonly indices: Uint32Array
  readonly batch: number
  readonly random: Random
}): BatchOrder => {
  const order = indices.slice()
  const next = new Uint32Array(batch)
  let position = order.length
  return {
    next() {
      for (let i = 0; i < batch; i++) {
        if (position === order.length) {
          shuffleInPlace(order, random)
          position = 0
        }
        next[i] = order[position++]!
      }
      return next
    },
  }
}

/** Fisher-Yates. */
const shuffleInPlace = (order: Uint32Array, random: Random): void => {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const item = order[i]!
    order[i] = order[j]!
    order[j] = item
  }
}

/**
 * Copies the examples at `indices` into a batch, pixels scaled from 0…255 to 0…1.
 * Plain code and one upload: 0.03 ms for 32 × 784 on wasm, where gathering rows of a resident tensor takes 0.7 ms.
 */
export const fillBatch = (
  examples: Examples,
  indices: Uint32Array,
  into: { readonly pixels: Float32Array; readonly labels: Uint8Array },
): void => {
  const { pixels, labels } = examples
  const size = examples.shape[0] * examples.shape[1] * examples.shape[2]
  let write = 0
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    into.labels[i] = labels[index]!
    const end = (index + 1) * size
    for (let read = index * size; read < end; read++) into.pixels[write++] = pixels[read]! * (1 / 255)
  }
}
