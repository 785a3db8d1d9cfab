import { average, averagingRule, caughtUp } from '../../protocols/averaging/index.js'
import type { Layout } from '../../protocols/model/index.js'
import type { MixRequest } from '../../protocols/training/contract.js'
import { floatsIn } from '../kernels/arena.js'
import { KernelError } from '../kernels/errors.js'
import { openMixingPlace } from './mixing-place.js'
import { sharedFloats } from './shared-memory.js'

/**
 * Bytes of vectors that stay in kernel memory from one mix to the next. Guess: little beside a process of 140 MB.
 */
const ROOM_BYTES_MAX = 64 * 2 ** 20

/** Mixes weights, for the thread that made it. */
export interface Mixer {
  /** @returns a fresh vector that threads share. Nothing given is changed. @throws AveragingError as `average` */
  mix(request: MixRequest): Float32Array
}

/**
 * What a mix reads or writes more than once lies in the memory of its kernels meanwhile, while there is room: the own weights, the
 * result, and stale models brought up to date. With four neighbours that is 10 copies of a model instead of 24. What finds no
 * room is worked on block by block: the own weights where they lie, the result in the vector that is given back, each stale model in
 * a vector of its own. Without kernels nothing has room, and plain code mixes.
 */
export const createMixer = (layout: Layout): Mixer => {
  const { arena, kernels } = openMixingPlace()
  const modelBytes = layout.length * Float32Array.BYTES_PER_ELEMENT
  const room: Float32Array[] = []
  let roomMax = arena ? Math.floor(ROOM_BYTES_MAX / modelBytes) : 0
  let taken = 0

  /** Contents are left from before. Undefined where there is no room. */
  const nextPlace = (): Float32Array | undefined => {
    if (taken === room.length && taken < roomMax) growRoom()
    return room[taken] && room[taken++]
  }
  const growRoom = (): void => {
    try {
      room.push(floatsIn(arena!.memory, arena!.allocate(modelBytes)))
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      roomMax = room.length
    }
  }
  /** The same weights where kernels need not stage them, if there is room. */
  const here = (weights: Float32Array): Float32Array => {
    const place = nextPlace()
    place?.set(weights)
    return place ?? weights
  }

  return {
    mix({ rule, contributions, catchUp }) {
      taken = 0
      const own = catchUp && here(catchUp.now)
      const inputs = contributions.map((one) =>
        own && one.weights === catchUp.now ? { ...one, weights: own } : one,
      )
      const mixed = sharedFloats(layout.length)
      const out = nextPlace() ?? mixed
      const moved = (length: number): Float32Array => nextPlace() ?? new Float32Array(length)
      average({
        ...{ rule: averagingRule(rule), layout, kernels, out },
        contributions: own ? caughtUp(layout, inputs, { ...catchUp, now: own }, kernels, moved) : inputs,
      })
      if (out !== mixed) mixed.set(out)
      return mixed
    },
  }
}
