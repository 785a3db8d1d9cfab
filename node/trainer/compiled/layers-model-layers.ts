import type * as tfl from '@tensorflow/tfjs-layers'
import type { GraphLayer, ImageSize } from './graph.js'

/** What reading a layer needs of its model. */
export interface LayerContext {
  /** Elements before the layer's weight of that name, e.g. `kernel`. Throws where it is not trained. */
  readonly offsetOf: (layer: tfl.layers.Layer, weight: string) => number
  /** What was read so far. */
  readonly layers: readonly GraphLayer[]
  readonly add: (layer: GraphLayer) => void
  /** Elements of the statistics of the normalisations so far; grows. */
  statistics: number
  /** Throws: this layer cannot be compiled. */
  readonly cannot: (layer: tfl.layers.Layer, problem: string) => never
}

type Config = Readonly<Record<string, unknown>>
type Reader = (layer: tfl.layers.Layer, config: Config, context: LayerContext) => void

/** Adds what a tfjs layer, its activation too, is in a graph. */
export const readLayer = (layer: tfl.layers.Layer, context: LayerContext): void => {
  const config = layer.getConfig() as Config
  const read = readers[layer.getClassName()] ?? context.cannot(layer, 'there is no kernel for it')
  for (const name of Object.keys(config).filter((key) => /(Regularizer|Constraint)$/.test(key))) {
    if (config[name] != null) context.cannot(layer, `there is no kernel for its ${name}`)
  }
  read(layer, config, context)
}

const readers: Readonly<Record<string, Reader>> = {
  InputLayer() {},
  Flatten(layer, config, context) {
    if (config['dataFormat'] === 'channelsFirst') context.cannot(layer, 'its channels come first')
  },
  Dense(layer, config, context) {
    const [inputs, ...rest] = inputOf(layer)
    if (rest.length > 0) context.cannot(layer, 'its input is not one row per example')
    const [units] = outputOf(layer)
    const kernel = context.offsetOf(layer, 'kernel')
    const bias = config['useBias'] === false ? undefined : context.offsetOf(layer, 'bias')
    context.add({ kind: 'dense', inputs: inputs!, units: units!, kernel, bias })
    addActivation(layer, config['activation'], context)
  },
  Conv2D(layer, config, context) {
    const kernelSize = config['kernelSize'] as [number, number]
    const strides = config['strides'] as [number, number]
    const dilation = (config['dilationRate'] ?? 1) as number | number[]
    if ([dilation].flat().some((rate) => rate !== 1)) context.cannot(layer, 'it is dilated')
    const { from, to, pad } = windows(layer, { config, context, size: kernelSize, strides })
    const padded: ImageSize = [
      Math.max(from[0], (to[0] - 1) * strides[0] + kernelSize[0]),
      Math.max(from[1], (to[1] - 1) * strides[1] + kernelSize[1]),
      from[2],
    ]
    const pads = config['padding'] === 'same' && (padded[0] > from[0] || padded[1] > from[1])
    if (pads) context.add({ kind: 'padding', from, to: padded, ...pad })
    const kernel = context.offsetOf(layer, 'kernel')
    const bias = config['useBias'] === false ? undefined : context.offsetOf(layer, 'bias')
    context.add({ kind: 'convolution', from: pads ? padded : from, to, kernelSize, strides, kernel, bias })
    addActivation(layer, config['activation'], context)
  },
  MaxPooling2D: (layer, config, context) => addPooling('max', layer, config, context),
  AveragePooling2D: (layer, config, context) => addPooling('average', layer, config, context),
  Dropout(layer, config, context) {
    if (config['noiseShape'] != null) context.cannot(layer, 'it drops the same elements of several examples')
    const [rate, salt] = [config['rate'] as number, context.layers.length]
    context.add({ kind: 'dropout', rate, size: product(outputOf(layer)), salt })
  },
  BatchNormalization(layer, config, context) {
    const { positions, channels } = normalised(layer, config, context)
    const [gamma, beta] = [context.offsetOf(layer, 'gamma'), context.offsetOf(layer, 'beta')]
    const { statistics } = context
    const epsilon = config['epsilon'] as number
    context.add({ kind: 'batch-norm', positions, channels, epsilon, gamma, beta, statistics })
    context.statistics += 2 * channels
  },
  LayerNormalization(layer, config, context) {
    const { positions, channels } = normalised(layer, config, context)
    const [gamma, beta] = [context.offsetOf(layer, 'gamma'), context.offsetOf(layer, 'beta')]
    const epsilon = config['epsilon'] as number
    context.add({ kind: 'layer-norm', positions, channels, epsilon, gamma, beta })
  },
  Embedding(layer, config, context) {
    const [width] = outputOf(layer).slice(-1)
    if (config['maskZero'] === true) context.cannot(layer, 'it masks zeros')
    const table = context.offsetOf(layer, 'embeddings')
    const positions = product(inputOf(layer))
    context.add({
      kind: 'embedding',
      positions,
      vocabulary: config['inputDim'] as number,
      width: width!,
      table,
    })
  },
  Activation: (layer, config, context) => addActivation(layer, config['activation'], context),
  ReLU(layer, config, context) {
    if (config['maxValue'] != null) context.cannot(layer, 'it has a largest value')
    addActivation(layer, 'relu', context)
  },
  Softmax(layer, config, context) {
    if (!isLastAxis(layer, config)) context.cannot(layer, 'it goes over another axis than the last')
    addActivation(layer, 'softmax', context)
  },
}

const addActivation = (layer: tfl.layers.Layer, name: unknown, context: LayerContext): void => {
  const shape = outputOf(layer)
  const size = product(shape)
  switch (name) {
    case undefined:
    case null:
    case 'linear':
      return
    case 'softmax': {
      const channels = shape.at(-1)!
      return context.add({ kind: 'softmax', positions: size / channels, channels })
    }
    case 'relu':
    case 'tanh':
    case 'sigmoid':
    case 'gelu':
      return context.add({ kind: 'activation', activation: name, size })
    default:
      context.cannot(layer, `there is no kernel for the activation ${JSON.stringify(name)}`)
  }
}

const addPooling = (
  of: 'max' | 'average',
  layer: tfl.layers.Layer,
  config: Config,
  context: LayerContext,
): void => {
  const poolSize = config['poolSize'] as [number, number]
  const strides = config['strides'] as [number, number]
  const { from, to, pad } = windows(layer, { config, context, size: poolSize, strides })
  context.add({ kind: 'pooling', of, from, to, poolSize, strides, ...pad })
}

/** The images before and after a layer of windows; `same` puts the smaller half of the zeros at top and left, as TensorFlow does. */
const windows = (
  layer: tfl.layers.Layer,
  {
    config,
    context,
    size,
    strides,
  }: {
    readonly config: Config
    readonly context: LayerContext
    readonly size: readonly [number, number]
    readonly strides: readonly [number, number]
  },
) => {
  if (config['dataFormat'] === 'channelsFirst') context.cannot(layer, 'its channels come first')
  const [from, to] = [inputOf(layer), outputOf(layer)] as unknown as [ImageSize, ImageSize]
  const before = (axis: 0 | 1): number =>
    config['padding'] === 'same'
      ? Math.floor(Math.max(0, (to[axis] - 1) * strides[axis] + size[axis] - from[axis]) / 2)
      : 0
  return { from, to, pad: { top: before(0), left: before(1) } }
}

const normalised = (layer: tfl.layers.Layer, config: Config, context: LayerContext) => {
  const shape = outputOf(layer)
  if (!isLastAxis(layer, config)) context.cannot(layer, 'it normalises another axis than the last')
  const channels = shape.at(-1)!
  return { positions: product(shape) / channels, channels }
}

/** Axes are counted with the batch as the first. */
const isLastAxis = (layer: tfl.layers.Layer, config: Config): boolean => {
  const axes = [(config['axis'] ?? -1) as number | number[]].flat()
  return axes.length === 1 && (axes[0] === -1 || axes[0] === outputOf(layer).length)
}

/** Sizes of one example. */
const shapeOf = (tensor: tfl.SymbolicTensor | tfl.SymbolicTensor[]): readonly number[] =>
  [tensor]
    .flat()[0]!
    .shape.slice(1)
    .map((size) => size ?? 1)
const inputOf = (layer: tfl.layers.Layer): readonly number[] => shapeOf(layer.input)
const outputOf = (layer: tfl.layers.Layer): readonly number[] => shapeOf(layer.output)
const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1)
