import * as tf from '@tensorflow/tfjs-core'
import { wasmKernelConfig } from '../wasm-invoke.js'
import { heapOf } from './heap.js'

const NAME = 'ReluGrad'

/** dy where x > 0: one pass, where tfjs takes a step, a cast and a product. tfjs knows of no such kernel; `useReluGradient` calls it. */
export const reluGrad = () =>
  wasmKernelConfig(NAME, (inputs, _, backend) => {
    const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo }
    const out = backend.makeOutput(x.shape, 'float32')
    const heap = heapOf(backend)
    const length = tf.util.sizeFromShape(x.shape)
    heap.kernels.reluGradient(heap.addressOf(x), heap.addressOf(dy), heap.addressOf(out), length)
    return out
  })

/** Gradients are registered for all backends at once: those that have no such kernel keep tfjs's own. */
export const useReluGradient = (): void => {
  const own = tf.getGradient('Relu')
  if (!own) return
  tf.unregisterGradient('Relu')
  tf.registerGradient({
    ...own,
    gradFunc: (dy, saved, attrs) => {
      const x = saved[0]!
      if (x.dtype !== 'float32' || !tf.getKernel(NAME, tf.getBackend())) return own.gradFunc(dy, saved, attrs)
      return { x: () => tf.engine().runKernel<tf.Tensor>(NAME, { x, dy: dy as tf.Tensor }) }
    },
  })
}
