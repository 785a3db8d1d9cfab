import * as tf from '@tensorflow/tfjs-core'
import { assertFits, tensorOf, type Layout } from '../../protocols/model/index.js'

/** Copies weights into the model's variables. @throws ModelError LENGTH_MISMATCH */
export const loadWeights = (
  weights: Float32Array,
  layout: Layout,
  variables: readonly tf.Variable[],
): void => {
  assertFits(weights, layout)
  tf.tidy(() =>
    variables.forEach((variable, i) => {
      // A copy off the shared memory: native TensorFlow reads the values later, and not from shared memory.
      const values = tensorOf(weights, layout.entries[i]!).slice()
      variable.assign(tf.tensor(values, variable.shape))
    }),
  )
}

/** Copies the model's variables into a vector of the layout's length. */
export const saveWeights = (into: Float32Array, layout: Layout, variables: readonly tf.Variable[]): void =>
  variables.forEach((variable, i) => tensorOf(into, layout.entries[i]!).set(variable.dataSync<'float32'>()))
