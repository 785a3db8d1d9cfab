import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { channelStatistics, normalise, normaliseGradients, NUMBERS_PER_CHANNEL } from './batch-norm.js'
import type { PlannedLayer } from './plan.js'

/** What the normalisation layers of one forward pass normalise with. */
export type Normalisation =
  /** The batch's own statistics, and a gradient that knows of it: training. */
  | { readonly kind: 'batch' }
  /** The batch's own statistics, which are written to their places in `into`. */
  | { readonly kind: 'measure'; readonly into: Float32Array }
  /** These, for all layers: see `Statistics`. Borrowed. */
  | { readonly kind: 'given'; readonly statistics: Float32Array }

/** What gives logits for a batch of images; told how to normalise. */
export type ForwardModel = Pick<tfl.LayersModel, 'apply'>

/** One forward pass. Call inside a tidy: the tensors on the way are freed early only when nothing trains. */
export const logitsOf = (model: ForwardModel, images: tf.Tensor, normalisation: Normalisation): tf.Tensor2D =>
  // tfjs hands these arguments on to every layer.
  model.apply(images, { training: normalisation.kind === 'batch', normalisation }) as tf.Tensor2D

type PlannedNorm = Extract<PlannedLayer, { kind: 'norm' }>

/**
 * Batch normalisation over the last axis, then a ReLU. Unlike tfjs's own layer it keeps no moving averages: the statistics are
 * an argument of the forward pass, so that trainers who share a model leave nothing in it. A class because tfjs takes
 * new layers in no other form.
 */
class NormLayer extends tfl.layers.Layer {
  static readonly className = 'MurmurationNorm'
  private gamma!: tfl.LayerVariable
  private beta!: tfl.LayerVariable

  constructor(private readonly plan: PlannedNorm) {
    super({ name: plan.name })
  }

  override build(): void {
    const { channels } = this.plan
    // Weights are always loaded before use.
    this.gamma = this.addWeight('gamma', [channels], 'float32', tfl.initializers.zeros())
    this.beta = this.addWeight('beta', [channels], 'float32', tfl.initializers.zeros())
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { readonly [key: string]: unknown }): tf.Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    const normalisation = kwargs['normalisation'] as Normalisation
    const [gamma, beta] = [this.gamma.read(), this.beta.read()]
    if (normalisation.kind === 'batch') return tf.relu(trainable(input, gamma, beta))
    const { channels, offset } = this.plan
    const x = floatsOf(input)
    const end = offset + NUMBERS_PER_CHANNEL * channels
    const statistics =
      normalisation.kind === 'given'
        ? normalisation.statistics.subarray(offset, end)
        : channelStatistics(x, channels)
    if (normalisation.kind === 'measure') normalisation.into.set(statistics, offset)
    const y = normalise({ x, statistics, gamma: floatsOf(gamma), beta: floatsOf(beta) })
    return tf.relu(tf.tensor(y, input.shape))
  }
}

/** @see NormLayer */
export const normLayer = (plan: PlannedNorm): tfl.layers.Layer => new NormLayer(plan)

/** Normalises with the batch's own statistics; tfjs can differentiate it by all three tensors. */
const trainable = (input: tf.Tensor, gammaTensor: tf.Tensor, betaTensor: tf.Tensor): tf.Tensor =>
  tf.customGrad(() => {
    const [x, gamma, beta] = [floatsOf(input), floatsOf(gammaTensor), floatsOf(betaTensor)]
    const statistics = channelStatistics(x, gamma.length)
    return {
      value: tf.tensor(normalise({ x, statistics, gamma, beta }), input.shape),
      gradFunc: (dy: tf.Tensor) => {
        const { dx, dGamma, dBeta } = normaliseGradients({ x, statistics, gamma, dy: floatsOf(dy) })
        return [tf.tensor(dx, input.shape), tf.tensor1d(dGamma), tf.tensor1d(dBeta)]
      },
    }
  })(input, gammaTensor, betaTensor)

const floatsOf = (tensor: tf.Tensor): Float32Array => tensor.dataSync<'float32'>()
