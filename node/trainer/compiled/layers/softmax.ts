import type { Emitter, Places } from '../emit.js'
import type { SoftmaxLayer } from '../graph.js'

const operands = ({ positions, channels }: SoftmaxLayer, { rows, x, y, dx, dy }: Places) => ({
  ...{ x, y, dx, dy },
  rows: rows * positions,
  columns: channels,
})

export const softmax: Emitter<SoftmaxLayer> = {
  outputs: ({ positions, channels }) => positions * channels,
  trains: false,
  inPlace: () => true,
  fusesRelu: () => false,
  scratchFloats: () => 0,
  keptFloats: () => 0,
  forward: (layer, places) => [{ do: 'softmaxForward', ...operands(layer, places) }],
  backward: (layer, places) => [{ do: 'softmaxBackward', ...operands(layer, places) }],
}
