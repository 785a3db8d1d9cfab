import type { Emitter, Places } from '../emit.js'
import type { DropoutLayer } from '../graph.js'
import { floatBits } from '../program.js'

/** With nothing to drop, an evaluation only copies. */
const operands = ({ rate, size, salt }: DropoutLayer, { rows, x, y, dx, dy }: Places, drops: boolean) => ({
  ...{ x, y, dx, dy, salt },
  count: rows * size,
  threshold: drops ? Math.round(rate * 2 ** 32) | 0 : 0,
  scale: floatBits(drops ? 1 / (1 - rate) : 1),
})

export const dropout: Emitter<DropoutLayer> = {
  outputs: ({ size }) => size,
  trains: false,
  inPlace: () => true,
  fusesRelu: () => false,
  scratchFloats: () => 0,
  keptFloats: () => 0,
  forward: (layer, places, mode) => [{ do: 'dropoutForward', ...operands(layer, places, mode === 'train') }],
  backward: (layer, places) => [{ do: 'dropoutBackward', ...operands(layer, places, true) }],
}
