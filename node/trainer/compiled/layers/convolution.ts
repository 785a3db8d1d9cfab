import type { Emitter, Places } from '../emit.js'
import type { ConvolutionLayer } from '../graph.js'

const operands = (layer: ConvolutionLayer, { rows, x, y, dx, dy, scratch, relu }: Places) => {
  const { from, to, kernelSize, strides, kernel, bias } = layer
  return {
    ...{ x, y, dx, dy, rows, scratch, kernel, bias: bias ?? -1, relu: Number(relu) },
    ...{ height: from[0], width: from[1], channels: from[2], filters: to[2] },
    ...{ kernelHeight: kernelSize[0], kernelWidth: kernelSize[1] },
    ...{ strideHeight: strides[0], strideWidth: strides[1], outHeight: to[0], outWidth: to[1] },
  }
}

export const convolution: Emitter<ConvolutionLayer> = {
  outputs: ({ to }) => to[0] * to[1] * to[2],
  trains: true,
  inPlace: () => false,
  // Its kernel has the ReLU where it adds the bias.
  fusesRelu: ({ bias }) => bias !== undefined,
  // The kernel twice, one image's patches, a row of filters.
  scratchFloats({ from, to, kernelSize }) {
    const patch = kernelSize[0] * kernelSize[1] * from[2]
    return 2 * patch * to[2] + patch * to[0] * to[1] + to[2]
  },
  keptFloats: () => 0,
  forward: (layer, places) => [{ do: 'convolutionForward', ...operands(layer, places) }],
  backward: (layer, places) => [{ do: 'convolutionBackward', ...operands(layer, places) }],
}
