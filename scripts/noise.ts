import type { Examples } from '../protocols/training/contract.js'
import { createRandom } from '../protocols/random.js'

/** Examples of the size of MNIST's, for timing: speed does not depend on what the pixels show. */
export const noise = (count: number): Examples => {
  const random = createRandom('noise')
  return {
    pixels: Uint8Array.from({ length: count * 784 }, () => random.below(256)),
    labels: Uint8Array.from({ length: count }, () => random.below(10)),
    shape: [28, 28, 1],
    classes: 10,
    count,
  }
}
