import { average, averagingRule, caughtUp } from '../../protocols/averaging/index.js'
import type { Layout } from '../../protocols/model/index.js'
import type { MixRequest } from '../../protocols/training/contract.js'
import { addressIn } from '../kernels/arena.js'
import type { Region } from '../kernels/model-memory.js'
import { openMixingPlace } from './mixing-place.js'

/** Mixes weights, for the thread that made it. */
export interface Mixer {
  /**
   * Writes the average to `into`, which is none of what is given. Nothing else is changed.
   * @throws AveragingError as `average`, and `into` holds garbage then
   */
  mix(request: MixRequest & { readonly into: Float32Array }): void
}

/**
 * Works on models where they lie, if that is the memory of its region. Of those elsewhere, what a mix reads or writes more than once lies
 * there meanwhile, while there is room: the own weights and the result, and always stale models brought up to date. What finds no
 * room is worked on block by block: the own weights and the result where they are, each stale model in
 * a vector of its own. Without kernels nothing has room, and plain code mixes.
 */
export const createMixer = (layout: Layout, region?: Region): Mixer => {
  const { kernels, memory, room } = openMixingPlace(region)
  const modelBytes = layout.length * Float32Array.BYTES_PER_ELEMENT
  const roomMax = Math.floor(room.bytes / modelBytes)
  let taken = 0

  const isReached = (weights: Float32Array): boolean =>
    memory !== undefined && addressIn(memory, weights) !== undefined
  /** Contents are left from before. Undefined where there is no room. */
  const nextPlace = (): Float32Array | undefined =>
    memory && taken < roomMax
      ? new Float32Array(memory.buffer, room.pointer + taken++ * modelBytes, layout.length)
      : undefined
  /** The same weights where kernels need not stage them, if there is room. */
  const reached = (weights: Float32Array): Float32Array => {
    if (isReached(weights)) return weights
    const place = nextPlace()
    place?.set(weights)
    return place ?? weights
  }

  return {
    mix({ rule, contributions, catchUp, into }) {
      taken = 0
      const own = catchUp && reached(catchUp.now)
      const inputs = contributions.map((one) =>
        own && one.weights === catchUp.now ? { ...one, weights: own } : one,
      )
      const out = isReached(into) ? into : (nextPlace() ?? into)
      const moved = (length: number): Float32Array => nextPlace() ?? new Float32Array(length)
      average({
        ...{ rule: averagingRule(rule), layout, kernels, out },
        contributions: own ? caughtUp(layout, inputs, { ...catchUp, now: own }, kernels, moved) : inputs,
      })
      if (out !== into) into.set(out)
    },
  }
}
