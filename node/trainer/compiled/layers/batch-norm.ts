import type { Emitter, Mode, Places } from '../emit.js'
import type { BatchNormLayer } from '../graph.js'
import { floatBits } from '../program.js'

const MODES: Readonly<Record<Mode, number>> = { train: 0, measure: 1, evaluate: 2 }

const operands = (layer: BatchNormLayer, places: Places, mode: Mode) => {
  const { positions, channels, epsilon, gamma, beta, statistics } = layer
  const { rows, x, y, dx, dy, relu, kept, scratch } = places
  return {
    ...{ x, y, dx, dy, kept, scratch, channels, gamma, beta },
    count: rows * positions,
    epsilon: floatBits(epsilon),
    offset: statistics,
    mode: MODES[mode],
    relu: Number(relu),
  }
}

export const batchNorm: Emitter<BatchNormLayer> = {
  outputs: ({ positions, channels }) => positions * channels,
  trains: true,
  // Its gradient needs its input.
  inPlace: () => false,
  fusesRelu: () => true,
  // Four float64 per channel.
  scratchFloats: ({ channels }) => 8 * channels,
  keptFloats: ({ channels }) => 2 * channels,
  forward: (layer, places, mode) => [{ do: 'batchNormForward', ...operands(layer, places, mode) }],
  backward: (layer, places) => [{ do: 'batchNormBackward', ...operands(layer, places, 'train') }],
}
