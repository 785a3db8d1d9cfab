import { createLayout, type Layout, type TensorSpec } from '../../protocols/model/index.js'
import { NUMBERS_PER_CHANNEL } from './batch-norm.js'
import { TrainerError } from './errors.js'
import { parseModel, type Model } from './models.js'

/** One layer with every size settled: what the tfjs model is built from and the layout is read from. */
export type PlannedLayer =
  | {
      readonly kind: 'conv'
      readonly name: string
      readonly size: number
      readonly inputs: number
      readonly filters: number
      /** A `norm` follows, so this layer has neither bias nor ReLU. */
      readonly normalised: boolean
    }
  /** Batch normalisation, then a ReLU. */
  | {
      readonly kind: 'norm'
      readonly name: string
      readonly channels: number
      /** Elements of the model's statistics before this layer's. */
      readonly offset: number
    }
  | { readonly kind: 'pool'; readonly size: number }
  | { readonly kind: 'flatten' }
  | {
      readonly kind: 'dense'
      readonly name: string
      readonly inputs: number
      readonly units: number
      readonly relu: boolean
    }

type ImageShape = readonly [number, number, number]

/**
 * Follows an image through the layers and settles every size.
 * @param shape [height, width, channels] of one example.
 * @throws TrainerError BAD_MODEL when the image is too small for the layers.
 */
export const planModel = (model: Model, shape: ImageShape, classes: number): readonly PlannedLayer[] => {
  const plan: PlannedLayer[] = []
  const counts = { conv: 0, norm: 0, dense: 0 }
  let [height, width, channels] = shape
  let flat: number | undefined
  let statistics = 0

  const addDense = (units: number, relu: boolean): void => {
    if (flat === undefined) plan.push({ kind: 'flatten' })
    const inputs = flat ?? height * width * channels
    plan.push({ kind: 'dense', name: `dense_${++counts.dense}`, inputs, units, relu })
    flat = units
  }

  for (const layer of model.layers) {
    if (layer.kind === 'dense') {
      addDense(layer.units, true)
      continue
    }
    if (flat !== undefined) {
      throw new TrainerError('BAD_MODEL', `model ${model.spec}: ${layer.kind} after a dense layer`)
    }
    if (layer.kind === 'conv') {
      const { size, filters, normalised = false } = layer
      plan.push({ kind: 'conv', name: `conv_${++counts.conv}`, size, inputs: channels, filters, normalised })
      if (normalised) {
        plan.push({ kind: 'norm', name: `norm_${++counts.norm}`, channels: filters, offset: statistics })
        statistics += NUMBERS_PER_CHANNEL * filters
      }
      height -= size - 1
      width -= size - 1
      channels = filters
    } else {
      plan.push({ kind: 'pool', size: layer.size })
      height = Math.floor(height / layer.size)
      width = Math.floor(width / layer.size)
    }
    if (height < 1 || width < 1) {
      throw new TrainerError(
        'BAD_MODEL',
        `model ${model.spec}: images of ${shape[0]}×${shape[1]} are too small for its layers`,
        { spec: model.spec, shape },
      )
    }
  }
  addDense(classes, false)
  return plan
}

/**
 * Where each tensor of a model lies, from its name alone: no thread, no tfjs. The trainer's thread compares it with
 * the model that tfjs built.
 * @param shape [height, width, channels] of one example.
 * @throws TrainerError UNKNOWN_MODEL, BAD_MODEL; ModelError LAYOUT_INVALID when the model is too large.
 */
export const layoutOf = (spec: string, shape: ImageShape, classes: number): Layout =>
  createLayout(planModel(parseModel(spec), shape, classes).flatMap(tensorsOf))

/**
 * Elements of the statistics of a model's normalised channels, from its name alone; 0 for a model without any.
 * @throws as {@link layoutOf}
 */
export const statisticsLengthOf = (spec: string, shape: ImageShape, classes: number): number =>
  planModel(parseModel(spec), shape, classes).reduce(
    (length, layer) => length + (layer.kind === 'norm' ? NUMBERS_PER_CHANNEL * layer.channels : 0),
    0,
  )

const tensorsOf = (layer: PlannedLayer): readonly TensorSpec[] => {
  switch (layer.kind) {
    case 'conv': {
      const { name, size, inputs, filters, normalised } = layer
      const tensors = kernelAndBias(name, [size, size, inputs, filters])
      return normalised ? tensors.slice(0, 1) : tensors
    }
    case 'norm': {
      const { name, channels } = layer
      return [
        { name: `${name}/gamma`, shape: [channels], kind: 'scale' },
        { name: `${name}/beta`, shape: [channels], kind: 'bias' },
      ]
    }
    case 'dense':
      return kernelAndBias(layer.name, [layer.inputs, layer.units])
    case 'pool':
    case 'flatten':
      return []
  }
}

/** tfjs keeps a kernel's outputs last and writes the kernel before the bias. */
const kernelAndBias = (layer: string, shape: readonly number[]): readonly TensorSpec[] => [
  { name: `${layer}/kernel`, shape, kind: 'kernel' },
  { name: `${layer}/bias`, shape: shape.slice(-1), kind: 'bias' },
]
