import type { GraphLayer } from './graph.js'
import type { Instruction } from './program.js'
import { activation } from './layers/activation.js'
import { batchNorm } from './layers/batch-norm.js'
import { convolution } from './layers/convolution.js'
import { dense } from './layers/dense.js'
import { dropout } from './layers/dropout.js'
import { embedding } from './layers/embedding.js'
import { layerNorm } from './layers/layer-norm.js'
import { padding } from './layers/padding.js'
import { pooling } from './layers/pooling.js'
import { softmax } from './layers/softmax.js'

/** Addresses of what a layer reads and writes, for `rows` examples. Its gradients exist in training only. */
export interface Places {
  readonly rows: number
  readonly x: number
  readonly y: number
  /** 0 where nothing asks for it. */
  readonly dx: number
  readonly dy: number
  /** Room of `scratchFloats`. */
  readonly scratch: number
  /** Room of `keptFloats`, which stays as it is between forward and backward pass. */
  readonly kept: number
  /** The next layer is a ReLU that this one may take over: it has no instructions of its own in the forward pass then. */
  readonly relu: boolean
  /** Lists of what is not zero in x, where the kernels keep some; else 0. */
  readonly sparse: number
}

/** How one kind of layer becomes instructions. */
export interface Emitter<Layer> {
  /** Floats of its output for one example. */
  outputs(layer: Layer): number
  /** Whether it has weights. */
  readonly trains: boolean
  /** Whether it may write its output over its input, and its input's gradient over its output's. */
  readonly inPlace: (layer: Layer) => boolean
  /** Whether it takes over a ReLU that follows. */
  readonly fusesRelu: (layer: Layer) => boolean
  scratchFloats(layer: Layer, rows: number): number
  keptFloats(layer: Layer, rows: number): number
  forward(layer: Layer, places: Places, mode: Mode): readonly Instruction[]
  /** The gradient of its input, and an optimizer step with those of its weights. */
  backward(layer: Layer, places: Places): readonly Instruction[]
}

/** What a forward pass is for. Layers that behave alike in all of them look at none. */
export type Mode = 'train' | 'evaluate' | 'measure'

/** A layer with what its kind can do, so that callers need no table of kinds. */
export interface BoundEmitter {
  readonly outputs: number
  readonly trains: boolean
  readonly inPlace: boolean
  readonly fusesRelu: boolean
  scratchFloats(rows: number): number
  keptFloats(rows: number): number
  forward(places: Places, mode: Mode): readonly Instruction[]
  backward(places: Places): readonly Instruction[]
}

const bind = <Layer>(emitter: Emitter<Layer>, layer: Layer): BoundEmitter => ({
  outputs: emitter.outputs(layer),
  trains: emitter.trains,
  inPlace: emitter.inPlace(layer),
  fusesRelu: emitter.fusesRelu(layer),
  scratchFloats: (rows) => emitter.scratchFloats(layer, rows),
  keptFloats: (rows) => emitter.keptFloats(layer, rows),
  forward: (places, mode) => emitter.forward(layer, places, mode),
  backward: (places) => emitter.backward(layer, places),
})

export const emitterOf = (layer: GraphLayer): BoundEmitter => {
  switch (layer.kind) {
    case 'dense':
      return bind(dense, layer)
    case 'convolution':
      return bind(convolution, layer)
    case 'padding':
      return bind(padding, layer)
    case 'pooling':
      return bind(pooling, layer)
    case 'batch-norm':
      return bind(batchNorm, layer)
    case 'layer-norm':
      return bind(layerNorm, layer)
    case 'embedding':
      return bind(embedding, layer)
    case 'dropout':
      return bind(dropout, layer)
    case 'softmax':
      return bind(softmax, layer)
    case 'activation':
      return bind(activation, layer)
  }
}
