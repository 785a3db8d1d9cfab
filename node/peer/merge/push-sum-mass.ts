import { setImmediate } from 'node:timers/promises'
import {
  absorb,
  createMass,
  estimate,
  measure,
  split,
  type Mass,
  type RunningSum,
} from '../../../protocols/final-merge/push-sum/index.js'

/** Elements worked on between two turns of the event loop: 5 ms of projections, the slowest work, on a busy core. */
const SLICE = 32 * 1024

/**
 * A peer's mass and what it has of its neighbours, worked on in slices so that heartbeats and streams go on. One call
 * must end before the next begins.
 */
export interface SlicedMass {
  /** @param weights borrowed until it resolves. */
  create(weights: Float32Array, share: number): Promise<void>
  /** Adds what a neighbour has given, and keeps the running sum for the difference to the next. */
  absorb(from: string, pulled: RunningSum, isNewSegment: boolean): Promise<void>
  forget(from: string): void
  /** @returns a new running sum in a buffer of its own, which never changes. */
  split(options: { readonly readers: number; readonly before: RunningSum | undefined }): Promise<RunningSum>
  /** Norm and projections of the estimate. */
  values(): Promise<number[]>
  /** The estimate, in a buffer of its own; undefined when it is not finite. */
  result(): Promise<Float32Array | undefined>
}

/** @param seed of the projections. */
export const createSlicedMass = (seed: string): SlicedMass => {
  let mass: Mass = { sum: new Float64Array(0), weight: 0 }
  /** By neighbour: the running sum that was absorbed last. */
  const held = new Map<string, RunningSum>()

  /** The same functions as on the whole: each slice does the weight anew, and all get the same. */
  const change = async (work: (part: Mass, from: number, to: number) => void): Promise<void> => {
    let { weight } = mass
    await inSlices(mass.sum.length, (from, to) => {
      const part = { sum: mass.sum.subarray(from, to), weight: mass.weight }
      work(part, from, to)
      weight = part.weight
    })
    mass.weight = weight
  }

  return {
    async create(weights, share) {
      const sum = new Float64Array(weights.length)
      await inSlices(weights.length, (from, to) =>
        sum.set(createMass(weights.subarray(from, to), share).sum, from),
      )
      mass = { sum, weight: share }
    },
    async absorb(from, pulled, isNewSegment) {
      const taken = isNewSegment ? undefined : held.get(from)
      await change((part, start, end) =>
        absorb(part, sliceOf(pulled, start, end), taken && sliceOf(taken, start, end)),
      )
      held.set(from, pulled)
    },
    forget: (from) => void held.delete(from),
    async split({ readers, before }) {
      const sum = new Float32Array(mass.sum.length)
      let weight = 0
      await change((part, from, to) => {
        const out = sum.subarray(from, to)
        weight = split(part, { readers, before: before && sliceOf(before, from, to), out }).weight
      })
      return { sum, weight }
    },
    async values() {
      const measuring = measure(mass, seed)
      await inSlices(mass.sum.length, (from, to) => measuring.add(from, to))
      return measuring.values()
    },
    async result() {
      const weights = new Float32Array(new SharedArrayBuffer(4 * mass.sum.length))
      let isFinite = true
      await change((part, from, to) => {
        const out = weights.subarray(from, to)
        estimate(part, out)
        isFinite &&= out.every(Number.isFinite)
      })
      return isFinite ? weights : undefined
    },
  }
}

const sliceOf = ({ sum, weight }: RunningSum, from: number, to: number): RunningSum => ({
  sum: sum.subarray(from, to),
  weight,
})

const inSlices = async (length: number, work: (from: number, to: number) => void): Promise<void> => {
  for (let from = 0; from < length; from += SLICE) {
    if (from > 0) await setImmediate()
    work(from, Math.min(from + SLICE, length))
  }
}
