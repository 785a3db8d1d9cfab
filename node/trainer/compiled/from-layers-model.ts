import type * as tfl from '@tensorflow/tfjs-layers'
import { TrainerError } from '../errors.js'
import { readLayer, type LayerContext } from './layers-model-layers.js'
import type { Graph, GraphLayer, Loss } from './graph.js'

/**
 * The graph of a tfjs model that is a chain of layers the kernels have: dense, conv2d, max and average pooling, flatten, dropout, batch
 * and layer normalisation, embedding (first), and ReLU, tanh, sigmoid, GELU and softmax. Weights are those that tfjs trains, in its order,
 * which is that of `layoutOfModel`. A last softmax belongs to the cross-entropy. Batch normalisation keeps no moving averages.
 * @throws TrainerError BAD_MODEL that names the first layer that cannot be compiled: train it with tfjs.
 */
export const graphOfLayersModel = (model: tfl.LayersModel, loss: Loss): Graph => {
  const layers: GraphLayer[] = []
  const offsets = offsetsOf(model)
  const context: LayerContext = {
    offsetOf: (layer, weight) =>
      offsets.get(weightOf(layer, weight)) ?? cannot(layer, `its ${weight} is not trained`),
    layers,
    add: (layer) => layers.push(layer),
    statistics: 0,
    cannot,
  }
  model.layers.forEach((layer, index) => {
    if (index > 0 && !follows(layer, model.layers[index - 1]!))
      cannot(layer, 'it is not one chain with the others')
    readLayer(layer, context)
  })
  if (loss === 'softmax-cross-entropy' && layers.at(-1)?.kind === 'softmax') layers.pop()
  const [inputs, outputs] = [sizeOf(model.inputs[0]!.shape), sizeOf(model.outputs[0]!.shape)]
  return { inputs, layers, outputs, loss }
}

const cannot = (layer: tfl.layers.Layer, problem: string): never => {
  throw new TrainerError(
    'BAD_MODEL',
    `layer ${layer.name} (${layer.getClassName()}) cannot be compiled: ${problem}. Nothing was changed, and tfjs can train it`,
    { layer: layer.name, problem },
  )
}

/** Elements before each variable, by the variable's id. */
const offsetsOf = (model: tfl.LayersModel): ReadonlyMap<number, number> => {
  let offset = 0
  return new Map(
    model.trainableWeights.map((weight) => {
      const entry = [weight.id, offset] as const
      offset += sizeOf(weight.shape)
      return entry
    }),
  )
}

/** The id of the layer's variable of that name; −1 without one. */
const weightOf = (layer: tfl.layers.Layer, name: string): number =>
  layer.trainableWeights.find(({ originalName }) => originalName.endsWith(`/${name}`))?.id ?? -1

const follows = (layer: tfl.layers.Layer, before: tfl.layers.Layer): boolean => {
  const [node, ...more] = layer.inboundNodes
  return more.length === 0 && node?.inboundLayers.length === 1 && node.inboundLayers[0] === before
}

/** Elements of one example. */
const sizeOf = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((product, size) => product * (size ?? 1), 1)
