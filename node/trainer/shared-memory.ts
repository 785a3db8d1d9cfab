import type { Examples } from '../../protocols/training/contract.js'

/** A zeroed vector that threads share without copies. */
export const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT))

/** The same vector when threads can share it already, else a copy that they can. */
export const shareFloats = (weights: Float32Array): Float32Array => {
  if (weights.buffer instanceof SharedArrayBuffer) return weights
  const copy = sharedFloats(weights.length)
  copy.set(weights)
  return copy
}

/** The same examples, copied once where they do not lie on shared memory yet. */
export const shareExamples = (examples: Examples): Examples => ({
  pixels: shareBytes(examples.pixels),
  labels: shareBytes(examples.labels),
  shape: examples.shape,
  classes: examples.classes,
  count: examples.count,
})

const shareBytes = (bytes: Uint8Array): Uint8Array => {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

/** The same indices, copied where they do not lie on shared memory yet. */
export const shareIndices = (indices: Uint32Array): Uint32Array => {
  if (indices.buffer instanceof SharedArrayBuffer) return indices
  const copy = new Uint32Array(new SharedArrayBuffer(indices.byteLength))
  copy.set(indices)
  return copy
}
