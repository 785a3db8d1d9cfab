import type { Emitter, Places } from '../emit.js'
import type { EmbeddingLayer } from '../graph.js'

const operands = (layer: EmbeddingLayer, { rows, x, y, dy, scratch }: Places) => ({
  ...{ x, y, dy, scratch, vocabulary: layer.vocabulary, width: layer.width, table: layer.table },
  count: rows * layer.positions,
})

export const embedding: Emitter<EmbeddingLayer> = {
  outputs: ({ positions, width }) => positions * width,
  trains: true,
  inPlace: () => false,
  fusesRelu: () => false,
  scratchFloats: ({ vocabulary, width }) => vocabulary * width,
  keptFloats: () => 0,
  forward: (layer, places) => [{ do: 'embeddingForward', ...operands(layer, places) }],
  backward: (layer, places) => [{ do: 'embeddingBackward', ...operands(layer, places) }],
}
