import type { Emitter, Places } from '../emit.js'
import type { DenseLayer } from '../graph.js'

/** Floats of a gradient that the kernel updates in one go: `STRIP_FLOATS` of dense.ts, rounded up to four whole rows. */
const STRIP_FLOATS = 2048

const operands = (layer: DenseLayer, { rows, x, y, dx, dy, scratch, relu, sparse }: Places) => ({
  ...{ x, y, dx, dy, rows, scratch, sparse },
  inputs: layer.inputs,
  units: layer.units,
  kernel: layer.kernel,
  bias: layer.bias ?? -1,
  relu: Number(relu),
})

export const dense: Emitter<DenseLayer> = {
  outputs: ({ units }) => units,
  trains: true,
  inPlace: () => false,
  // Its kernel has the ReLU where it adds the bias.
  fusesRelu: ({ bias }) => bias !== undefined,
  // As much as W, also for strips of its columns where it is not turned over.
  scratchFloats: ({ inputs, units }) => Math.max(inputs * units, STRIP_FLOATS, 4 * units),
  keptFloats: () => 0,
  forward: (layer, places) => [{ do: 'denseForward', ...operands(layer, places) }],
  backward: (layer, places) => [{ do: 'denseBackward', ...operands(layer, places) }],
}
