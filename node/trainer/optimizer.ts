import * as tf from '@tensorflow/tfjs-core'
import type { OptimizerConfig } from '../../protocols/training/contract.js'
import { stepKernels } from './tfjs-wasm/step.js'

/** Updates the model's variables in place; its own state persists from call to call. */
export interface Optimizer {
  /** One step. Gradients are in the order of the variables; borrowed. */
  step(gradients: readonly tf.Tensor[]): void
  /** Forgets momentum and moments, as before the first step. */
  reset(): void
  dispose(): void
}

export const createOptimizer = (config: OptimizerConfig, variables: readonly tf.Variable[]): Optimizer =>
  config.kind === 'sgd' ? sgd(config, variables) : adamW(config, variables)

/**
 * Stochastic gradient descent with momentum (Sutskever et al. 2013, without Nesterov's look-ahead, in the form
 * v ← μ·v + g, w ← w − η·v that PyTorch and tfjs use).
 */
const sgd = (
  { learningRate, momentum }: Extract<OptimizerConfig, { kind: 'sgd' }>,
  variables: readonly tf.Variable[],
): Optimizer => {
  const rate = tf.scalar(learningRate)
  const decay = tf.scalar(momentum)
  const velocities = momentum === 0 ? [] : zerosLike(variables)
  const kernels = stepKernels()
  return {
    step: (gradients) =>
      tf.tidy(() => {
        variables.forEach((weights, i) => {
          const velocity = velocities[i]
          const gradient = gradients[i]!
          if (kernels) {
            kernels.descend({ weights, gradient, velocity }, { rate: learningRate, momentum })
            return
          }
          const update = velocity ? tf.add(tf.mul(velocity, decay), gradient) : gradient
          velocity?.assign(update)
          weights.assign(tf.sub(weights, tf.mul(update, rate)))
        })
      }),
    reset: () => fillZero(velocities),
    dispose: () => tf.dispose([rate, decay, ...velocities]),
  }
}

/**
 * AdamW (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2) with bias correction. The
 * decay is multiplied by the learning rate, as PyTorch does, and applies to every tensor, biases too, as in the paper:
 *   m ← β1·m + (1−β1)·g     v ← β2·v + (1−β2)·g²
 *   w ← w·(1 − η·λ) − η · m/(1−β1ᵗ) / (sqrt(v/(1−β2ᵗ)) + ε)
 * The last term is computed as s · m / (sqrt(v) + ε·c) with c = sqrt(1−β2ᵗ) and s = η·c/(1−β1ᵗ): the same
 * number, with two whole-tensor operations less.
 */
const adamW = (
  config: Extract<OptimizerConfig, { kind: 'adamw' }>,
  variables: readonly tf.Variable[],
): Optimizer => {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = config
  const constants = {
    beta1: tf.scalar(beta1),
    rest1: tf.scalar(1 - beta1),
    beta2: tf.scalar(beta2),
    rest2: tf.scalar(1 - beta2),
    shrink: tf.scalar(1 - learningRate * weightDecay),
  }
  const first = zerosLike(variables)
  const second = zerosLike(variables)
  let steps = 0
  const kernels = stepKernels()
  return {
    step: (gradients) => {
      steps++
      const correction = Math.sqrt(1 - beta2 ** steps)
      if (kernels) {
        const rates = {
          rate: (learningRate * correction) / (1 - beta1 ** steps),
          floor: epsilon * correction,
          beta1,
          beta2,
          shrink: 1 - learningRate * weightDecay,
        }
        tf.tidy(() =>
          variables.forEach((weights, i) =>
            kernels.adapt({ weights, gradient: gradients[i]!, first: first[i]!, second: second[i]! }, rates),
          ),
        )
        return
      }
      tf.tidy(() => {
        const rate = tf.scalar((learningRate * correction) / (1 - beta1 ** steps))
        const floor = tf.scalar(epsilon * correction)
        variables.forEach((weights, i) => {
          const gradient = gradients[i]!
          const m = tf.add(tf.mul(first[i]!, constants.beta1), tf.mul(gradient, constants.rest1))
          const v = tf.add(tf.mul(second[i]!, constants.beta2), tf.mul(tf.square(gradient), constants.rest2))
          first[i]!.assign(m)
          second[i]!.assign(v)
          const update = tf.mul(tf.div(m, tf.add(tf.sqrt(v), floor)), rate)
          const kept = weightDecay === 0 ? weights : tf.mul(weights, constants.shrink)
          weights.assign(tf.sub(kept, update))
        })
      })
    },
    reset: () => {
      steps = 0
      fillZero(first)
      fillZero(second)
    },
    dispose: () => tf.dispose([...Object.values(constants), ...first, ...second]),
  }
}

const zerosLike = (variables: readonly tf.Variable[]): tf.Variable[] =>
  variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)))

const fillZero = (variables: readonly tf.Variable[]): void =>
  tf.tidy(() => variables.forEach((variable) => variable.assign(tf.zeros(variable.shape))))
