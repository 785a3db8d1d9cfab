import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Layout } from '../../protocols/model/index.js'
import type { ThreadSetup } from './messages.js'
import { variablesOf } from './layers-model.js'
import type { ForwardModel } from './norm-layer.js'
import type { Bench } from './session.js'
import { openTfjsBench } from './tfjs-bench.js'
import { registerWasmKernels } from './wasm-kernels.js'

/** Nearest to 0 that a probability may come before its logarithm is taken: the smallest normal float32. */
const PROBABILITY_MIN = 1.1754944e-38

/**
 * A tfjs model as it is, on the backend that tfjs uses in this thread, with our kernels where that is `wasm`. The model stays its owner's.
 * @param why compiled kernels do not train it.
 */
export const openLayersModelBench = (
  {
    model,
    ...setup
  }: Pick<ThreadSetup, 'train' | 'test' | 'optimizer' | 'batch'> & { readonly model: tfl.LayersModel },
  layout: Layout,
  why: string,
): Bench => {
  const name = tf.getBackend()
  const slower = name === 'wasm' ? registerWasmKernels() : undefined
  return openTfjsBench({
    ...setup,
    backend: {
      name,
      why: `tfjs trains the model ${model.name} with its ${name} backend: ${why}${slower === undefined ? '' : `; ${slower}`}`,
    },
    model: givingLogits(model),
    ...{ layout, variables: variablesOf(model, layout), statisticsLength: 0 },
    dispose() {},
  })
}

/** Takes images in the model's own shape, and its last softmax back: a softmax of logarithms of probabilities gives them again. */
const givingLogits = (model: tfl.LayersModel): ForwardModel => {
  const shape = model.inputs[0]!.shape.slice(1) as number[]
  const last = model.layers.at(-1)!
  const softmaxed = last.getClassName() === 'Softmax' || last.getConfig()['activation'] === 'softmax'
  return {
    apply(images, options) {
      const batch = images as tf.Tensor
      const output = model.apply(tf.reshape(batch, [batch.shape[0], ...shape]), options) as tf.Tensor
      return softmaxed ? tf.log(tf.clipByValue(output, PROBABILITY_MIN, 1)) : output
    },
  }
}
