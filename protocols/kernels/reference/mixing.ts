import type { MixingKernels, WeightedInputs } from '../contract.js'
import { createMoments, eachBlock } from './moments.js'

const weightedSum = ({ inputs, shares, out }: WeightedInputs): void => {
  // In blocks, so that a few kilobytes of float64 are enough.
  eachBlock(out.length, (from, to) => {
    const sums = zeros(to - from)
    inputs.forEach((input, k) => addTo(sums, input.subarray(from, to), shares[k]!))
    out.set(sums, from)
  })
}

/** What is added to −0 stays as it is, be it another −0. */
const zeros = (length: number): Float64Array => new Float64Array(length).fill(-0)

const addTo = (sums: Float64Array, values: Float32Array, share: number): void => {
  for (let i = 0; i < sums.length; i++) sums[i]! += share * values[i]!
}

/** The plain way to mix: clear, and the same bits on every machine. */
export const mixingReference: MixingKernels = {
  weightedSum,
  weightedSumWithMoments({ inputs, shares, out }) {
    const ofInputs = inputs.map(createMoments)
    const ofSum = createMoments()
    eachBlock(out.length, (from, to) => {
      const sums = zeros(to - from)
      inputs.forEach((input, k) => {
        const block = input.subarray(from, to)
        ofInputs[k]!.add(block)
        addTo(sums, block, shares[k]!)
      })
      out.set(sums, from)
      ofSum.add(out.subarray(from, to))
    })
    return [...ofInputs, ofSum].map((moments) => moments.result())
  },
  rescale(values, { mean, factor }) {
    if (factor === 0) return
    const [gain, shift] = [1 + factor, mean * factor]
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * gain - shift
  },
  advance({ weights, now, since, fraction, out }) {
    for (let i = 0; i < out.length; i++) out[i] = weights[i]! + fraction * (now[i]! - since[i]!)
  },
  trimmedMean({ inputs, trim, out }) {
    const count = inputs.length
    // Float64: sorts numbers, −0 before +0.
    const values = new Float64Array(count)
    for (let i = 0; i < out.length; i++) {
      for (let k = 0; k < count; k++) values[k] = inputs[k]![i]!
      values.sort()
      let sum = 0
      for (let k = trim; k < count - trim; k++) sum += values[k]!
      out[i] = sum / (count - 2 * trim)
    }
  },
}
