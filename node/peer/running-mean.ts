import { setImmediate } from 'node:timers/promises'

/** Elements added between two turns of the event loop: 0.5 to 1 ms of work (measured), so heartbeats and streams go on. */
const SLICE_ELEMENTS = 128 * 1024

/**
 * The uniform mean of models that come one by one: none is kept. Where the number of models is known beforehand, and a
 * trainer's thread may do the work, `Trainer.mix` is faster.
 */
export interface RunningMean {
  /** Models added so far. */
  readonly models: number
  /** @param weights of the length given; borrowed until the promise settles. One call at a time. */
  add(weights: Float32Array): Promise<void>
  /** Float64 sum, float32 result on shared memory: a fresh vector that the caller owns. Call once, last, after at least one model. */
  finish(): Promise<Float32Array>
}

/** @param length elements of a model. */
export const createRunningMean = (length: number): RunningMean => {
  const sum = new Float64Array(length)
  let models = 0

  const inSlices = async (work: (start: number, end: number) => void): Promise<void> => {
    for (let start = 0; start < length; start += SLICE_ELEMENTS) {
      if (start > 0) await setImmediate()
      work(start, Math.min(length, start + SLICE_ELEMENTS))
    }
  }

  return {
    get models() {
      return models
    },
    async add(weights) {
      models += 1
      await inSlices((start, end) => {
        for (let i = start; i < end; i++) sum[i]! += weights[i]!
      })
    },
    async finish() {
      const out = new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT))
      await inSlices((start, end) => {
        for (let i = start; i < end; i++) out[i] = sum[i]! / models
      })
      return out
    },
  }
}
