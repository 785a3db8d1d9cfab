import { average, averagingRule, caughtUp } from '../../protocols/averaging/index.js'
import type { Layout } from '../../protocols/model/index.js'
import type { MixRequest } from '../../protocols/training/contract.js'
import { createArena, floatsIn } from '../kernels/arena.js'
import { createKernels } from '../kernels/kernels.js'
import { SCRATCH_BYTES } from '../kernels/scratch.js'
import { sharedFloats } from './shared-memory.js'

/**
 * Bytes of vectors that stay in kernel memory from one mix to the next. Larger models are mixed where they lie, block by
 * block. Guess: little beside a process of 140 MB.
 */
const ROOM_BYTES_MAX = 64 * 2 ** 20

/** Mixes weights, for the thread that made it. */
export interface Mixer {
  /** @returns a fresh vector that threads share. Nothing given is changed. @throws AveragingError as `average` */
  mix(request: MixRequest): Float32Array
}

/**
 * What a mix reads or writes more than once lies in the memory of its kernels meanwhile: the own weights, stale models
 * brought up to date, and the result. With four neighbours that is 10 copies of a model instead of 24.
 */
export const createMixer = (layout: Layout): Mixer => {
  const arena = createArena()
  const kernels = createKernels({
    memory: arena.memory,
    pointer: arena.allocate(SCRATCH_BYTES).pointer,
  })
  const modelBytes = layout.length * Float32Array.BYTES_PER_ELEMENT
  const room: Float32Array[] = []
  let taken = 0
  /** Contents are left from before. */
  const nextVector = (): Float32Array => {
    if ((taken + 1) * modelBytes > ROOM_BYTES_MAX) return new Float32Array(layout.length)
    room[taken] ??= floatsIn(arena.memory, arena.allocate(modelBytes))
    return room[taken++]!
  }
  const here = (weights: Float32Array): Float32Array => {
    const vector = nextVector()
    vector.set(weights)
    return vector
  }

  return {
    mix({ rule, contributions, catchUp }) {
      taken = 0
      const own = catchUp && here(catchUp.now)
      const inputs = contributions.map((one) =>
        own && one.weights === catchUp.now ? { ...one, weights: own } : one,
      )
      const out = nextVector()
      average({
        ...{ rule: averagingRule(rule), layout, kernels, out },
        contributions: own ? caughtUp(layout, inputs, { ...catchUp, now: own }, kernels, nextVector) : inputs,
      })
      const mixed = sharedFloats(layout.length)
      mixed.set(out)
      return mixed
    },
  }
}
