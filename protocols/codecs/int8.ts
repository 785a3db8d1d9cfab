import { BLOCK_ELEMENTS, blockCount, largestMagnitude } from './blocks.js'
import type { Codec } from './contract.js'
import { assertLength, malformed } from './failures.js'
import { stateless } from './stateless.js'

const SCALE_BYTES = 4
/** Steps on either side of zero; −128 is not used, so that both sides are alike. */
const STEPS = 127

/**
 * One byte a weight and a scale for each block of 256: the weight is about its byte, −127 to 127, times the scale,
 * which is the block's largest magnitude / 127. Rounding is to the nearest step, so a weight is off by hardly more than half of one.
 *
 * Bytes: one float32 for each block, least significant byte first, ≥ 0; then one signed byte for each weight.
 */
export const int8: Codec = stateless({
  spec: 'int8',
  bytesMax: (length) => blockCount(length) * SCALE_BYTES + length,
  // Beside half a step: the scale and the product are rounded to float32, and a scale below its smallest is 0.
  errorBound: (_value, blockMax) => (blockMax / (2 * STEPS)) * (1 + 2 ** -14) + STEPS * 2 ** -149,
  encode(weights) {
    const { length } = weights
    const blocks = blockCount(length)
    const bytes = new Uint8Array(blocks * SCALE_BYTES + length)
    const scales = new DataView(bytes.buffer, 0, blocks * SCALE_BYTES)
    const steps = new Int8Array(bytes.buffer, blocks * SCALE_BYTES)
    for (let block = 0; block < blocks; block++) {
      const from = block * BLOCK_ELEMENTS
      const to = Math.min(from + BLOCK_ELEMENTS, length)
      const scale = scaleFor(largestMagnitude(weights, from, to))
      scales.setFloat32(block * SCALE_BYTES, scale, true)
      quantise(weights, { from, to, scale }, steps)
    }
    return bytes
  },
  decode(bytes, { length }) {
    const blocks = blockCount(length)
    assertLength(bytes, blocks * SCALE_BYTES + length)
    const scales = new DataView(bytes.buffer, bytes.byteOffset, blocks * SCALE_BYTES)
    const steps = new Int8Array(bytes.buffer, bytes.byteOffset + blocks * SCALE_BYTES, length)
    const weights = new Float32Array(length)
    for (let block = 0; block < blocks; block++) {
      const scale = scales.getFloat32(block * SCALE_BYTES, true)
      // Also refuses NaN, −0, and scales whose largest step is beyond float32.
      if (!(Math.fround(STEPS * scale) < Infinity) || scale < 0 || Object.is(scale, -0))
        throw malformed(`the scale of block ${block} is ${scale}`, { block, scale })
      const from = block * BLOCK_ELEMENTS
      dequantise(steps, { from, to: Math.min(from + BLOCK_ELEMENTS, length), scale }, weights)
    }
    return weights
  },
})

/** 1.5·2^52: float64 near it are whole numbers, so adding it rounds. */
const TO_WHOLE = 6_755_399_441_055_744

const scaleFor = (blockMax: number): number => {
  const scale = Math.fround(blockMax / STEPS)
  // Rounded up, the largest step of the largest float32 would be an infinity.
  return Math.fround(STEPS * scale) < Infinity ? scale : Math.fround(scale * (1 - 2 ** -24))
}

interface Block {
  readonly from: number
  /** Excluded. */
  readonly to: number
  readonly scale: number
}

const quantise = (weights: Float32Array, { from, to, scale }: Block, out: Int8Array): void => {
  if (scale === 0) return
  for (let i = from; i < to; i++) {
    // To nearest, ties to even, of a float32 quotient: as `quantiseInt8` of protocols/kernels rounds, to the bit.
    const steps = Math.fround(weights[i]! / scale) + TO_WHOLE - TO_WHOLE
    out[i] = steps > STEPS ? STEPS : steps < -STEPS ? -STEPS : steps
  }
}

const dequantise = (steps: Int8Array, { from, to, scale }: Block, out: Float32Array): void => {
  for (let i = from; i < to; i++) {
    if (steps[i]! < -STEPS) throw malformed(`weight ${i} is ${steps[i]} steps`, { index: i })
    out[i] = steps[i]! * scale
  }
}
