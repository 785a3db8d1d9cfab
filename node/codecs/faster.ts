import { BLOCK_ELEMENTS, type Codec } from '../../protocols/codecs/index.js'
import { assertLength, malformed, notFiniteToSend } from '../../protocols/codecs/failures.js'
import { newestOnly } from '../../protocols/codecs/stateless.js'
import type { Kernels } from '../../protocols/kernels/index.js'

/** Of int8, on either side of zero; −128 is not used. */
const STEPS = 127
const FLOAT32_BYTES = 4
const HALF_BYTES = 2
/** Halves of both infinities. */
const INFINITE_HALVES = [0x7c00, 0xfc00] as const

/** Halves are written least significant byte first; elsewhere the plain codec swaps them. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * int8 and float16 with kernels: the same bytes and weights, to the bit, 1.5 to 2.2 times as fast
 * (`scripts/codec-kernels.ts`, figures in `protocols/kernels/README.md`). Other codecs are given back as they are. What is rare
 * (magnitudes that need a scale of their own) goes to the plain codec.
 */
export const fasterWith =
  (kernels: Kernels) =>
  (codec: Codec): Codec => {
    if (codec.spec === 'int8') return fasterInt8(codec, kernels)
    return codec.spec === 'float16' && LITTLE_ENDIAN ? fasterFloat16(codec, kernels) : codec
  }

const fasterInt8 = (plain: Codec, kernels: Kernels): Codec => ({
  ...plain,
  createSource: () =>
    newestOnly((snapshot) => {
      const { weights } = snapshot
      const { length } = weights
      assertFinite(weights, kernels)
      const blocks = Math.ceil(length / BLOCK_ELEMENTS)
      const bytes = new Uint8Array(blocks * FLOAT32_BYTES + length)
      const values = new Int8Array(bytes.buffer, blocks * FLOAT32_BYTES)
      const scales = new Float32Array(blocks)
      kernels.quantiseInt8(weights, { values, scales, chunk: BLOCK_ELEMENTS })
      // 127 steps of the largest float32 may be an infinity: the plain codec takes a smaller scale then.
      if (!scales.every(isScale)) return plain.createSource(length).encode(snapshot)
      const view = new DataView(bytes.buffer)
      scales.forEach((scale, block) => view.setFloat32(block * FLOAT32_BYTES, scale, true))
      return bytes
    }),
  decode(bytes, options) {
    const { length } = options
    const blocks = Math.ceil(length / BLOCK_ELEMENTS)
    assertLength(bytes, blocks * FLOAT32_BYTES + length)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const scales = Float32Array.from({ length: blocks }, (_, block) =>
      view.getFloat32(block * FLOAT32_BYTES, true),
    )
    const values = new Int8Array(bytes.buffer, bytes.byteOffset + blocks * FLOAT32_BYTES, length)
    // The plain codec says what is wrong.
    if (!scales.every(isScale)) return plain.decode(bytes, options)
    const index = values.indexOf(-STEPS - 1)
    if (index >= 0) throw malformed(`weight ${index} is ${values[index]} steps`, { index })
    const weights = new Float32Array(length)
    kernels.dequantiseInt8({ values, scales, chunk: BLOCK_ELEMENTS }, weights)
    return weights
  },
})

/** Not NaN, negative, −0 or so great that its largest step is beyond float32. */
const isScale = (scale: number): boolean => Math.fround(STEPS * scale) < Infinity && 1 / scale > 0

const fasterFloat16 = (plain: Codec, kernels: Kernels): Codec => ({
  ...plain,
  createSource: () =>
    newestOnly((snapshot) => {
      const { weights } = snapshot
      const { length } = weights
      assertFinite(weights, kernels)
      const halves = new Uint16Array(length)
      kernels.quantiseFloat16(weights, halves)
      // A block with magnitudes that halves do not have is divided by a power of two.
      if (INFINITE_HALVES.some((half) => halves.includes(half)))
        return plain.createSource(length).encode(snapshot)
      const blocks = Math.ceil(length / BLOCK_ELEMENTS)
      const bytes = new Uint8Array(blocks + length * HALF_BYTES)
      bytes.set(new Uint8Array(halves.buffer), blocks)
      return bytes
    }),
  decode(bytes, options) {
    const { length } = options
    const blocks = Math.ceil(length / BLOCK_ELEMENTS)
    assertLength(bytes, blocks + length * HALF_BYTES)
    if (bytes.subarray(0, blocks).some((shift) => shift !== 0)) return plain.decode(bytes, options)
    const halves = new Uint16Array(length)
    new Uint8Array(halves.buffer).set(bytes.subarray(blocks))
    const weights = new Float32Array(length)
    kernels.dequantiseFloat16(halves, weights)
    // The plain codec says which.
    return kernels.firstNonFinite(weights) < 0 ? weights : plain.decode(bytes, options)
  },
})

const assertFinite = (weights: Float32Array, kernels: Kernels): void => {
  const index = kernels.firstNonFinite(weights)
  if (index >= 0) throw notFiniteToSend(index)
}
