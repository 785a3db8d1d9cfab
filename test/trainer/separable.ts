import type { Examples, OptimizerConfig } from '../../protocols/training/contract.js'
import { createRandom } from '../../protocols/random.js'

export const sgd: OptimizerConfig = { kind: 'sgd', learningRate: 0.05, momentum: 0.9 }
export const adamw: OptimizerConfig = {
  kind: 'adamw',
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
}

/** Three classes on noisy images of height 12, width 10 and one channel: a bright band a third of the height, at the class's place. */
export const separable = (count: number, seed: number): Examples => {
  const [height, width] = [12, 10]
  const random = createRandom('separable', seed)
  const pixels = new Uint8Array(new SharedArrayBuffer(count * height * width))
  const labels = new Uint8Array(new SharedArrayBuffer(count))
  for (let i = 0; i < count; i++) {
    labels[i] = random.below(3)
    for (let p = 0; p < height * width; p++) {
      const band = Math.floor(p / width / (height / 3))
      pixels[i * height * width + p] = random.below(100) + (band === labels[i] ? 120 : 0)
    }
  }
  return { pixels, labels, shape: [height, width, 1], classes: 3, count }
}
