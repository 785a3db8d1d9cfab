import type { Emitter, Places } from '../emit.js'
import type { LayerNormLayer } from '../graph.js'
import { floatBits } from '../program.js'

const operands = (layer: LayerNormLayer, { rows, x, y, dx, dy, kept, scratch }: Places) => ({
  ...{ x, y, dx, dy, kept, scratch, gamma: layer.gamma, beta: layer.beta },
  rows: rows * layer.positions,
  columns: layer.channels,
  epsilon: floatBits(layer.epsilon),
})

export const layerNorm: Emitter<LayerNormLayer> = {
  outputs: ({ positions, channels }) => positions * channels,
  trains: true,
  // Its gradient needs its input.
  inPlace: () => false,
  fusesRelu: () => false,
  scratchFloats: ({ channels }) => 2 * channels,
  keptFloats: ({ positions }, rows) => 2 * positions * rows,
  forward: (layer, places) => [{ do: 'layerNormForward', ...operands(layer, places) }],
  backward: (layer, places) => [{ do: 'layerNormBackward', ...operands(layer, places) }],
}
