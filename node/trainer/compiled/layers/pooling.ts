import type { Emitter, Places } from '../emit.js'
import type { PoolingLayer } from '../graph.js'

const operands = (layer: PoolingLayer, { rows, x, y, dx, dy, kept }: Places) => {
  const { from, to, poolSize, strides, top, left } = layer
  return {
    ...{ x, y, dx, dy, rows, kept, top, left },
    ...{ height: from[0], width: from[1], channels: from[2], outHeight: to[0], outWidth: to[1] },
    ...{ poolHeight: poolSize[0], poolWidth: poolSize[1], strideHeight: strides[0], strideWidth: strides[1] },
  }
}

const outputs = ({ to }: PoolingLayer): number => to[0] * to[1] * to[2]

export const pooling: Emitter<PoolingLayer> = {
  outputs,
  trains: false,
  inPlace: () => false,
  fusesRelu: () => false,
  scratchFloats: () => 0,
  // Where each largest input lies.
  keptFloats: (layer, rows) => (layer.of === 'max' ? rows * outputs(layer) : 0),
  forward: (layer, places) => [
    { do: layer.of === 'max' ? 'maxPoolForward' : 'averagePoolForward', ...operands(layer, places) },
  ],
  backward: (layer, places) => [
    { do: layer.of === 'max' ? 'maxPoolBackward' : 'averagePoolBackward', ...operands(layer, places) },
  ],
}
