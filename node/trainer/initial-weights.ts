import { tensorOf, type Layout, type LayoutEntry } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import { sharedFloats } from '../kernels/model-memory.js'

/**
 * Fresh weights: kernels are Glorot uniform, U(−a, a) with a = sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010,
 * "Understanding the difficulty of training deep feedforward neural networks", eq. 16), biases 0, scales 1. Not tfjs's
 * own initialiser: this one gives the same bits on every backend and machine, so peers can agree on a seed.
 * @param into a vector of the layout's length, whatever it holds. @default fresh shared memory
 * @returns it.
 */
export const initialWeights = (
  layout: Layout,
  seed: number,
  into = sharedFloats(layout.length),
): Float32Array => {
  for (const entry of layout.entries) {
    const tensor = tensorOf(into, entry)
    if (entry.kind !== 'kernel') {
      tensor.fill(entry.kind === 'scale' ? 1 : 0)
      continue
    }
    const bound = glorotBound(entry)
    // A generator per tensor: one layer's width does not change the numbers of the next.
    const random = createRandom(seed, 'initial weights', entry.name)
    for (let i = 0; i < tensor.length; i++) tensor[i] = (2 * random.next() - 1) * bound
  }
  return into
}

const glorotBound = ({ shape }: LayoutEntry): number => {
  const inputs = shape.at(-2) ?? 1
  const outputs = shape.at(-1) ?? 1
  const receptiveField = shape.slice(0, -2).reduce((product, size) => product * size, 1)
  return Math.sqrt(6 / (receptiveField * (inputs + outputs)))
}
