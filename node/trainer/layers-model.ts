import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { createLayout, type Layout, type TensorKind } from '../../protocols/model/index.js'
import { TrainerError } from './errors.js'
import { normLayer } from './norm-layer.js'
import type { PlannedLayer } from './plan.js'

/** Builds the tfjs model of a plan. Its weights are zero until they are loaded. */
export const buildModel = (
  plan: readonly PlannedLayer[],
  shape: readonly [number, number, number],
): tfl.LayersModel => {
  const model = tfl.sequential()
  plan.forEach((layer, index) => model.add(buildLayer(layer, index === 0 ? { inputShape: [...shape] } : {})))
  return model
}

const buildLayer = (layer: PlannedLayer, first: { inputShape?: number[] }): tfl.layers.Layer => {
  // Weights are always loaded before use; drawing them here would be waste.
  const zero = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const
  switch (layer.kind) {
    case 'conv': {
      const { name, filters, size, normalised } = layer
      const options = { ...first, ...zero, name, filters, kernelSize: size }
      return normalised
        ? tfl.layers.conv2d({ ...options, useBias: false })
        : tfl.layers.conv2d({ ...options, activation: 'relu' })
    }
    case 'norm':
      return normLayer(layer)
    case 'pool':
      return tfl.layers.maxPooling2d({ ...first, poolSize: layer.size, strides: layer.size })
    case 'flatten':
      return tfl.layers.flatten(first)
    case 'dense': {
      const { name, units, relu } = layer
      return tfl.layers.dense({ ...first, ...zero, name, units, activation: relu ? 'relu' : 'linear' })
    }
  }
}

/** The layout of what a tfjs model trains. */
export const layoutOfModel = (model: tfl.LayersModel): Layout =>
  createLayout(
    model.trainableWeights.map(({ originalName, shape }) => ({
      name: originalName,
      shape: shape as number[],
      kind: kindOf(originalName, shape.length),
    })),
  )

const kindOf = (name: string, rank: number): TensorKind => {
  if (rank >= 2) return 'kernel'
  return name.endsWith('/gamma') ? 'scale' : 'bias'
}

/**
 * The variables that training changes, in the order of the layout.
 * @throws TrainerError BAD_MODEL when the model is not what the layout says: our own mistake, never a peer's.
 */
export const variablesOf = (model: tfl.LayersModel, layout: Layout): readonly tf.Variable[] => {
  const built = layoutOfModel(model)
  if (built.fingerprint !== layout.fingerprint) {
    throw new TrainerError(
      'BAD_MODEL',
      'the tfjs model differs from the layout of its name; nothing was trained',
      {
        expected: layout.entries.map(({ name, shape }) => `${name} [${shape.join(', ')}]`),
        actual: built.entries.map(({ name, shape }) => `${name} [${shape.join(', ')}]`),
      },
    )
  }
  // A LayerVariable wraps one tf.Variable; `read` returns that variable itself, typed as a tensor.
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable)
}
