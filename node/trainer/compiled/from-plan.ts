import type { Layout } from '../../../protocols/model/index.js'
import { EPSILON } from '../batch-norm.js'
import type { PlannedLayer } from '../plan.js'
import type { Graph, GraphLayer, ImageSize } from './graph.js'

/**
 * The graph of one of our own models: no tfjs, so a peer that trains compiled never loads it.
 * @param shape [height, width, channels] of one example.
 */
export const graphOfPlan = (
  plan: readonly PlannedLayer[],
  layout: Layout,
  shape: readonly [number, number, number],
): Graph => {
  const offsetOf = (name: string): number => layout.entries.find((entry) => entry.name === name)!.offset
  const layers: GraphLayer[] = []
  let size: ImageSize = shape
  const relu = (): void =>
    void layers.push({ kind: 'activation', activation: 'relu', size: size[0] * size[1] * size[2] })

  for (const layer of plan) {
    const from = size
    switch (layer.kind) {
      case 'conv': {
        const { name, normalised, size: side } = layer
        const bias = normalised ? undefined : offsetOf(`${name}/bias`)
        size = [from[0] - side + 1, from[1] - side + 1, layer.filters]
        const kernel = offsetOf(`${name}/kernel`)
        const sizes = { from, to: size, kernelSize: [side, side], strides: [1, 1] } as const
        layers.push({ kind: 'convolution', ...sizes, kernel, bias })
        if (!normalised) relu()
        break
      }
      case 'norm': {
        const { name, channels, offset: statistics } = layer
        const [gamma, beta] = [offsetOf(`${name}/gamma`), offsetOf(`${name}/beta`)]
        const positions = from[0] * from[1]
        layers.push({ kind: 'batch-norm', positions, channels, epsilon: EPSILON, gamma, beta, statistics })
        relu()
        break
      }
      case 'pool': {
        const side = layer.size
        size = [Math.floor(from[0] / side), Math.floor(from[1] / side), from[2]]
        const sizes = { from, to: size, poolSize: [side, side], strides: [side, side] } as const
        layers.push({ kind: 'pooling', of: 'max', ...sizes, top: 0, left: 0 })
        break
      }
      case 'dense': {
        const { name, inputs, units } = layer
        const [kernel, bias] = [offsetOf(`${name}/kernel`), offsetOf(`${name}/bias`)]
        layers.push({ kind: 'dense', inputs, units, kernel, bias })
        size = [1, 1, units]
        if (layer.relu) relu()
        break
      }
      case 'flatten':
        break
    }
  }
  return { inputs: shape[0] * shape[1] * shape[2], layers, outputs: size[2], loss: 'softmax-cross-entropy' }
}
