/**
 * FNV-1a over the bits of the weights, 32 at a time. Tells a reader whose model is not the one that the sender meant, by
 * accident: it proves nothing about what a hostile sender says. One multiplication a weight.
 */
export const checksumOf = (weights: Float32Array): number => {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length)
  let hash = 0x811c_9dc5
  for (let i = 0; i < bits.length; i++) {
    hash = Math.imul(hash ^ bits[i]!, 0x0100_0193)
    // The multiplication carries upwards only: this brings the sign and exponent of a weight into the other bits.
    hash ^= hash >>> 15
  }
  return hash >>> 0
}
