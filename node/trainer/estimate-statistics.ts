import * as tf from '@tensorflow/tfjs-core'
import type { Examples, Statistics } from '../../protocols/training/contract.js'
import { fillBatch } from './batches.js'
import { logitsOf, type ForwardModel } from './norm-layer.js'
import type { SessionSetup } from './session.js'
import { sharedFloats } from '../kernels/model-memory.js'
import { statisticsExamples } from './statistics-examples.js'

/**
 * The statistics of a trainer's own examples under the weights that are loaded in the model: of all of them, or of
 * `STATISTICS_EXAMPLES_MAX` that its seed draws, the same every time. They pass as one batch, in which every layer normalises
 * with the batch's own statistics. So evaluating those examples with the result is that same pass, to the bit
 * where the backend computes the other layers so.
 * @param length elements of the result; with 0 nothing is computed.
 */
export const estimateStatistics = ({
  model,
  examples,
  of: { part, seed },
  length,
}: {
  readonly model: ForwardModel
  readonly examples: Examples
  readonly of: Pick<SessionSetup, 'part' | 'seed'>
  readonly length: number
}): Statistics => {
  const values = sharedFloats(length)
  if (length === 0) return { count: 0, values }
  const indices = statisticsExamples(part, seed)
  const count = indices.length
  const [height, width, channels] = examples.shape
  const pixels = new Float32Array(count * height * width * channels)
  fillBatch(examples, indices, { pixels, labels: new Uint8Array(count) })
  tf.tidy(() => {
    logitsOf(model, tf.tensor(pixels, [count, height, width, channels]), { kind: 'measure', into: values })
  })
  return { count, values }
}
