/**
 * What is compiled: layers one after the other, every size settled. Between the front ends, which read models, and the compiler, which
 * knows no models. Sizes are of one example; tensors are row-major, channels last.
 */
export interface Graph {
  /** Floats of one example. */
  readonly inputs: number
  readonly layers: readonly GraphLayer[]
  /** Floats of one example's output. */
  readonly outputs: number
  readonly loss: Loss
}

/** What training makes small: softmax and cross-entropy of logits with labels, or the mean squared difference from targets. */
export type Loss = 'softmax-cross-entropy' | 'mean-squared-error'

export type GraphLayer =
  | DenseLayer
  | ConvolutionLayer
  | PaddingLayer
  | PoolingLayer
  | BatchNormLayer
  | LayerNormLayer
  | EmbeddingLayer
  | DropoutLayer
  | SoftmaxLayer
  | ActivationLayer

/** Where a tensor lies in the flat vector of weights: elements before it. */
export type WeightOffset = number

export interface DenseLayer {
  readonly kind: 'dense'
  readonly inputs: number
  readonly units: number
  /** `inputs × units` */
  readonly kernel: WeightOffset
  readonly bias: WeightOffset | undefined
}

export interface ActivationLayer {
  readonly kind: 'activation'
  readonly activation: ActivationName
  /** Elements. */
  readonly size: number
}

/** GELU is the exact one, x·Φ(x). */
export type ActivationName = 'relu' | 'tanh' | 'sigmoid' | 'gelu'

/** Height, width, channels. */
export type ImageSize = readonly [number, number, number]

/** Without padding: a {@link PaddingLayer} goes before it. */
export interface ConvolutionLayer {
  readonly kind: 'convolution'
  readonly from: ImageSize
  readonly to: ImageSize
  readonly kernelSize: readonly [number, number]
  readonly strides: readonly [number, number]
  /** `kernel height × kernel width × channels × filters` */
  readonly kernel: WeightOffset
  readonly bias: WeightOffset | undefined
}

/** Zeros around an image. */
export interface PaddingLayer {
  readonly kind: 'padding'
  readonly from: ImageSize
  readonly to: ImageSize
  readonly top: number
  readonly left: number
}

export interface PoolingLayer {
  readonly kind: 'pooling'
  readonly of: 'max' | 'average'
  readonly from: ImageSize
  readonly to: ImageSize
  readonly poolSize: readonly [number, number]
  readonly strides: readonly [number, number]
  /** Rows and columns that the first window reaches beyond the image, which do not count. */
  readonly top: number
  readonly left: number
}

/** Over the last axis, with the batch's own statistics in training. */
export interface BatchNormLayer {
  readonly kind: 'batch-norm'
  /** Values of each channel in one example. */
  readonly positions: number
  readonly channels: number
  readonly epsilon: number
  readonly gamma: WeightOffset
  readonly beta: WeightOffset
  /** Elements of the model's statistics before this layer's. */
  readonly statistics: number
}

/** Over the last axis, for each position by itself. */
export interface LayerNormLayer {
  readonly kind: 'layer-norm'
  readonly positions: number
  readonly channels: number
  readonly epsilon: number
  readonly gamma: WeightOffset
  readonly beta: WeightOffset
}

/** Rows of a table, for inputs that are whole numbers. Only ever the first layer. */
export interface EmbeddingLayer {
  readonly kind: 'embedding'
  /** Numbers in one example. */
  readonly positions: number
  readonly vocabulary: number
  readonly width: number
  readonly table: WeightOffset
}

export interface DropoutLayer {
  readonly kind: 'dropout'
  /** Share of the elements that training drops, from 0 to below 1. */
  readonly rate: number
  readonly size: number
  /** Tells one layer's draws from another's. */
  readonly salt: number
}

/** Softmax over the last axis. One that the loss follows belongs to the loss instead. */
export interface SoftmaxLayer {
  readonly kind: 'softmax'
  readonly positions: number
  readonly channels: number
}

/** Elements of the statistics of a graph's batch normalisations: a mean and a variance for each channel. */
export const statisticsLengthOf = ({ layers }: Graph): number =>
  layers.reduce((length, layer) => length + (layer.kind === 'batch-norm' ? 2 * layer.channels : 0), 0)
