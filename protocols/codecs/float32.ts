import { encodeFloat32, decodeFloat32Into, FLOAT32_BYTES } from '../wire/float32.js'
import type { Codec } from './contract.js'
import { assertLength, notFiniteReceived } from './failures.js'
import { largestMagnitude } from './blocks.js'
import { WireError } from '../errors.js'
import { stateless } from './stateless.js'

/** The name of weights as they are. They need no offer, and nobody encodes them. */
export const PLAIN_CODEC = 'float32'

/** The weights as they are: four bytes each, least significant first, every bit kept. */
export const float32: Codec = stateless({
  spec: PLAIN_CODEC,
  bytesMax: (length) => length * FLOAT32_BYTES,
  errorBound: () => 0,
  encode(weights) {
    largestMagnitude(weights, 0, weights.length)
    // What is kept must not change with the weights.
    return encodeFloat32(weights).slice()
  },
  decode(bytes, { length }) {
    assertLength(bytes, length * FLOAT32_BYTES)
    const weights = new Float32Array(length)
    readFloat32(bytes, weights)
    return weights
  },
})

/** Fills a vector from as many bytes as it has. @throws CodecError NOT_FINITE */
export const readFloat32 = (bytes: Uint8Array, out: Float32Array): void => {
  try {
    decodeFloat32Into(bytes, out, 0)
  } catch (error) {
    if (error instanceof WireError && error.code === 'NOT_FINITE')
      throw notFiniteReceived(error.details['index'] as number)
    throw error
  }
}
