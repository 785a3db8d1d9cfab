import type { Emitter, Places } from '../emit.js'
import type { PaddingLayer } from '../graph.js'

const operands = ({ from, to, top, left }: PaddingLayer, { rows, x, y, dx, dy }: Places) => ({
  ...{ x, y, dx, dy, rows, top, left },
  ...{ height: from[0], width: from[1], channels: from[2], outHeight: to[0], outWidth: to[1] },
})

export const padding: Emitter<PaddingLayer> = {
  outputs: ({ to }) => to[0] * to[1] * to[2],
  trains: false,
  inPlace: () => false,
  fusesRelu: () => false,
  scratchFloats: () => 0,
  keptFloats: () => 0,
  forward: (layer, places) => [{ do: 'padForward', ...operands(layer, places) }],
  backward: (layer, places) => [{ do: 'padBackward', ...operands(layer, places) }],
}
