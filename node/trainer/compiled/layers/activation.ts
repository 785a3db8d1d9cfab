import type { Emitter } from '../emit.js'
import type { ActivationLayer, ActivationName } from '../graph.js'

const CODES: Readonly<Record<ActivationName, number>> = { relu: 0, tanh: 1, sigmoid: 2, gelu: 3 }

export const activation: Emitter<ActivationLayer> = {
  outputs: ({ size }) => size,
  // GELU's derivative needs its input.
  trains: false,
  inPlace: ({ activation }) => activation !== 'gelu',
  fusesRelu: () => false,
  scratchFloats: () => 0,
  keptFloats: () => 0,
  forward: ({ activation, size }, { rows, x, y }) => [
    { do: 'activate', x, y, dx: 0, dy: 0, count: rows * size, activation: CODES[activation] },
  ],
  backward: ({ activation, size }, { rows, x, y, dx, dy }) => [
    { do: 'activateBackward', x, y, dx, dy, count: rows * size, activation: CODES[activation] },
  ],
}
