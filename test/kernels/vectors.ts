import { createArena, floatsIn } from '../../node/kernels/arena.js'
import { createKernels } from '../../node/kernels/kernels.js'
import { SCRATCH_BYTES } from '../../node/kernels/scratch.js'
import { createRandom } from '../../protocols/random.js'

const arena = createArena()

/** The kernels under test, over a memory in which `placedIn` puts vectors. */
export const kernels = createKernels({
  memory: arena.memory,
  pointer: arena.allocate(SCRATCH_BYTES).pointer,
})

/** Lengths about every width at which some loop ends: vectors of 4, 8 and 16, blocks of 512 and 4,096. */
export const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 31, 511, 512, 513, 1027, 4095, 4097, 9001]

/** Zeros of both signs, subnormal, least normal, huge and greatest numbers. */
const SPECIAL = [0, -0, 1e-45, -3e-42, 1.17549435e-38, -1, 65504, 65519, 65520, 1e30, -3.4e38, 3.4028235e38]

export type Kind = 'ordinary' | 'special' | 'tiny' | 'far'

/** `far` from zero: a mean of a thousand standard deviations. `special` mixes ordinary values with extreme ones. */
export const randomVector = (
  length: number,
  seed: number | string,
  kind: Kind = 'ordinary',
): Float32Array => {
  const random = createRandom(seed, kind)
  return Float32Array.from({ length }, () => {
    const value = 0.3 + 2.5 * (2 * random.next() - 1)
    if (kind === 'tiny') return value * 1e-41
    if (kind === 'far') return 1000 + value
    return kind === 'special' && random.below(3) === 0 ? SPECIAL[random.below(SPECIAL.length)]! : value
  })
}

export const KINDS: readonly Kind[] = ['ordinary', 'special', 'tiny', 'far']

/** Puts a copy somewhere. Whoever calls frees it. */
export interface Place {
  readonly name: string
  readonly copy: (values: Float32Array) => { readonly vector: Float32Array; readonly free: () => void }
}

export const PLACES: readonly Place[] = [
  { name: 'in ordinary memory', copy: (values) => ({ vector: values.slice(), free() {} }) },
  {
    name: 'in kernel memory, 4 bytes off alignment',
    copy(values) {
      const block = arena.allocate((values.length + 1) * 4)
      const vector = floatsIn(arena.memory, block).subarray(1)
      vector.set(values)
      return { vector, free: () => arena.free(block) }
    },
  },
]

/** The bits, so that zeros of different sign differ. */
export const bitsOf = (values: Float32Array): number[] => [
  ...new Uint32Array(values.slice().buffer, 0, values.length),
]
