import type { Examples } from '../../protocols/training/contract.js'

/** Zeroed bytes that threads can share without copies. */
export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))

/** Copies the examples with these indices, in this order, into shared memory that the caller owns. */
export const selectExamples = (from: Examples, indices: readonly number[]): Examples => {
  const [height, width, channels] = from.shape
  const size = height * width * channels
  const pixels = sharedBytes(indices.length * size)
  const labels = sharedBytes(indices.length)
  indices.forEach((index, at) => {
    pixels.set(from.pixels.subarray(index * size, (index + 1) * size), at * size)
    labels[at] = from.labels[index]!
  })
  return { ...from, pixels, labels, count: indices.length }
}

/** 0, 1, …, count - 1. */
export const everyIndex = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
