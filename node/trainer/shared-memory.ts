import type { Examples } from '../../protocols/training/contract.js'
import { sharedFloats } from '../kernels/model-memory.js'

/**
 * The same vector when threads can share it already, else a copy that they can.
 * @param vector gives room for the copy. @default memory of its own
 */
export const shareFloats = (floats: Float32Array, vector = sharedFloats): Float32Array => {
  if (floats.buffer instanceof SharedArrayBuffer) return floats
  const copy = vector(floats.length)
  copy.set(floats)
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
