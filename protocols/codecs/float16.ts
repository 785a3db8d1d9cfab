import { BLOCK_ELEMENTS, blockCount, largestMagnitude } from './blocks.js'
import type { Codec } from './contract.js'
import { assertLength, malformed, notFiniteReceived } from './failures.js'
import { HALF_BYTES, halfBitsOf, HALF_OVERFLOW, halfValues, powerOfTwo } from './half.js'
import { stateless } from './stateless.js'

/** Powers of two by which a block may be divided: 2^113 brings the largest float32 below 2^15. */
const SHIFT_MAX = 113
/** The half 2^15: with that shift it would be 2^128, which no float32 is. */
const BEYOND = 0x7800

/**
 * Two bytes a weight: the nearest half, times a power of two that all weights of a block share. It is 1 unless a block
 * holds magnitudes of 65,520 and above, which halves do not have.
 *
 * Bytes: one for each block of 256, the power of two; then two for each weight, least significant first.
 */
export const float16: Codec = stateless({
  spec: 'float16',
  bytesMax: (length) => blockCount(length) + length * HALF_BYTES,
  errorBound: (value, blockMax) =>
    Math.max(Math.abs(value) / 2 ** 11, powerOfTwo(shiftFor(blockMax)) / 2 ** 25),
  encode(weights) {
    const { length } = weights
    const blocks = blockCount(length)
    const bytes = new Uint8Array(blocks + length * HALF_BYTES)
    for (let block = 0; block < blocks; block++) {
      const from = block * BLOCK_ELEMENTS
      const to = Math.min(from + BLOCK_ELEMENTS, length)
      const shift = shiftFor(largestMagnitude(weights, from, to))
      bytes[block] = shift
      writeHalves(weights, { from, to, shift }, bytes.subarray(blocks))
    }
    return bytes
  },
  decode(bytes, { length }) {
    const blocks = blockCount(length)
    assertLength(bytes, blocks + length * HALF_BYTES)
    const weights = new Float32Array(length)
    for (let block = 0; block < blocks; block++) {
      const shift = bytes[block]!
      if (shift > SHIFT_MAX) throw malformed(`a block is shifted by ${shift} bits`, { shift })
      const from = block * BLOCK_ELEMENTS
      readHalves(
        bytes.subarray(blocks),
        { from, to: Math.min(from + BLOCK_ELEMENTS, length), shift },
        weights,
      )
    }
    return weights
  },
})

const shiftFor = (blockMax: number): number => {
  let shift = 0
  for (let rest = blockMax; rest >= HALF_OVERFLOW; rest /= 2) shift += 1
  return shift
}

interface Stretch {
  readonly from: number
  /** Excluded. */
  readonly to: number
  readonly shift: number
}

/** @param bytes two for each element of `weights`. */
export const writeHalves = (
  weights: ArrayLike<number>,
  { from, to, shift }: Stretch,
  bytes: Uint8Array,
): void => {
  const divisor = powerOfTwo(shift)
  for (let i = from; i < to; i++) {
    const nearest = halfBitsOf(weights[i]! / divisor)
    const half = shift === SHIFT_MAX && (nearest & 0x7fff) === BEYOND ? nearest - 1 : nearest
    bytes[2 * i] = half & 0xff
    bytes[2 * i + 1] = half >>> 8
  }
}

/** @throws CodecError NOT_FINITE */
export const readHalves = (bytes: Uint8Array, { from, to, shift }: Stretch, out: Float32Array): void => {
  const values = halfValues()
  const factor = powerOfTwo(shift)
  for (let i = from; i < to; i++) {
    out[i] = values[bytes[2 * i]! | (bytes[2 * i + 1]! << 8)]! * factor
    if (!(Math.abs(out[i]!) < Infinity)) throw notFiniteReceived(i)
  }
}
