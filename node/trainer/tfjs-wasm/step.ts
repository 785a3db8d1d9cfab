import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { heapOf, type Heap } from './heap.js'

/** The end of a training step as kernels over whole tensors, each one call. Tensors are made in the caller's tidy. */
export interface StepKernels {
  /**
   * Softmax and cross-entropy in one pass, with the gradient of the mean loss, as `crossEntropyOf` has them; exponentials in float32,
   * within 2 ulp.
   * @param logits rows × classes; borrowed. @param labels one per row.
   * @returns Σ −log p(label), nats, and a tensor like the logits.
   */
  crossEntropy(
    logits: tf.Tensor2D,
    labels: Uint8Array,
  ): { readonly lossSum: number; readonly gradient: tf.Tensor }
  /**
   * v ← μ·v + g, w ← w − η·v; without a velocity, w ← w − η·g.
   * @param velocity changed in place: no one else may hold its data.
   */
  descend(
    update: Update & { readonly velocity: tf.Variable | undefined },
    rates: { readonly rate: number; readonly momentum: number },
  ): void
  /** AdamW as `createOptimizer` has it. Moments are changed in place: no one else may hold their data. */
  adapt(
    update: Update & { readonly first: tf.Variable; readonly second: tf.Variable },
    rates: {
      /** With the corrections of this step in it, like `floor`. */
      readonly rate: number
      readonly floor: number
      readonly beta1: number
      readonly beta2: number
      /** What weights are multiplied with: 1 − η·λ. */
      readonly shrink: number
    },
  ): void
}

interface Update {
  /** Gets new data: kernels of tfjs keep what they packed of weights, and know it by the data's identity. */
  readonly weights: tf.Variable
  /** Borrowed. */
  readonly gradient: tf.Tensor
}

/** Undefined on other backends, and where the heap of the wasm backend cannot be had. */
export const stepKernels = (): StepKernels | undefined => {
  if (tf.getBackend() !== 'wasm') return undefined
  const backend = tf.backend() as BackendWasm
  try {
    return over(heapOf(backend), backend)
  } catch {
    // `registerWasmKernels` has said why.
    return undefined
  }
}

const over = (heap: Heap, backend: BackendWasm): StepKernels => {
  const { kernels, room, addressOf } = heap
  const make = (shape: number[]): tf.Tensor =>
    tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'))

  /** Runs `change` on a copy of the weights, which they then are. */
  const replace = (weights: tf.Variable, change: (address: number) => void): void => {
    const next = make(weights.shape)
    const to = addressOf(next)
    heap.bytes(to, 4 * weights.size).set(heap.bytes(addressOf(weights), 4 * weights.size))
    change(to)
    weights.assign(next)
  }

  return {
    crossEntropy(logits, labels) {
      const gradient = make(logits.shape)
      let lossSum = 0
      heap.withScratch(labels.length, (address) => {
        heap.bytes(address, labels.length).set(labels)
        const [rows, classes] = logits.shape
        lossSum = kernels.lossOfSoftmax(room, addressOf(logits), address, addressOf(gradient), rows, classes)
      })
      return { lossSum, gradient }
    },
    descend({ weights, gradient, velocity }, { rate, momentum }) {
      replace(weights, (address) =>
        kernels.descend(
          room,
          address,
          velocity ? addressOf(velocity) : 0,
          addressOf(gradient),
          weights.size,
          rate,
          momentum,
        ),
      )
    },
    adapt({ weights, gradient, first, second }, { rate, floor, beta1, beta2, shrink }) {
      replace(weights, (address) =>
        kernels.adapt(
          room,
          address,
          addressOf(first),
          addressOf(second),
          addressOf(gradient),
          weights.size,
          rate,
          floor,
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          shrink,
        ),
      )
    },
  }
}
