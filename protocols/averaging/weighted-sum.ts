/**
 * Σ w_k·W_k over chunks of one length, in float64 and rounded once: every element has the bits that the sum over whole models
 * gives it, and a sum of negative zeros is a negative zero.
 * @returns a fresh vector.
 */
export const weightedSumOf = (chunks: readonly Float32Array[], shares: readonly number[]): Float32Array => {
  // What is added to −0 stays as it is.
  const sums = new Float64Array(chunks[0]!.length).fill(-0)
  chunks.forEach((chunk, index) => {
    const share = shares[index]!
    for (let i = 0; i < sums.length; i++) sums[i]! += share * chunk[i]!
  })
  return Float32Array.from(sums)
}
