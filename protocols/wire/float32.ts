import { WireError } from '../errors.js'
import { firstNonFinite, type FirstNonFinite } from '../model/index.js'

/** Whether this machine stores the least significant byte first, as the wire does. */
export const machineIsLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Bytes of one float32. */
export const FLOAT32_BYTES = 4

/**
 * The weights as little-endian float32, four bytes each. On a little-endian machine this is a view that shares the
 * memory of `weights`, so the result changes with them; elsewhere it is a fresh copy with the bytes swapped.
 * @param nativeOrder whether the machine's order is the wire's; a parameter for tests only.
 */
export const encodeFloat32 = (weights: Float32Array, nativeOrder = machineIsLittleEndian): Uint8Array => {
  const view = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength)
  return nativeOrder ? view : swapped(view)
}

/**
 * Writes the floats of `bytes` into `out`, the first at element `offset`. Copies: `bytes` may lie at any alignment and
 * belong to anyone. When it throws NOT_FINITE, the part of `out` that it was to fill holds garbage.
 * @throws WireError OUT_OF_RANGE when the length is not a multiple of 4 or does not fit; NOT_FINITE, with the index of
 * the element in `out`, at the first NaN or infinity.
 */
export const decodeFloat32Into = (
  bytes: Uint8Array,
  out: Float32Array,
  offset: number,
  nativeOrder = machineIsLittleEndian,
): void => {
  const count = bytes.byteLength / FLOAT32_BYTES
  if (!Number.isInteger(count)) {
    throw new WireError('OUT_OF_RANGE', `${bytes.byteLength} bytes are no whole number of float32 values`, {
      bytes: bytes.byteLength,
    })
  }
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + count > out.length) {
    throw new WireError(
      'OUT_OF_RANGE',
      `elements ${offset} to ${offset + count} lie outside the ${out.length} expected`,
      {
        offset,
        count,
        length: out.length,
      },
    )
  }
  const start = out.byteOffset + offset * FLOAT32_BYTES
  new Uint8Array(out.buffer, start, bytes.byteLength).set(nativeOrder ? bytes : swapped(bytes))
  assertFinite(out, offset, offset + count)
}

/**
 * @param start first element looked at; `end` the one after the last.
 * @throws WireError NOT_FINITE with the index of the first NaN or infinity.
 */
export const assertFinite = (
  weights: Float32Array,
  start: number,
  end: number,
  find: FirstNonFinite = firstNonFinite,
): void => {
  const found = find(weights.subarray(start, end))
  if (found < 0) return
  const index = start + found
  throw new WireError('NOT_FINITE', `weight ${index} is NaN or infinite; the whole snapshot is refused`, {
    index,
  })
}

/** Turns the four bytes of each element around. @param bytes a multiple of four. */
export const swapInPlace = (bytes: Uint8Array): void => bytes.set(swapped(bytes))

const swapped = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(bytes.byteLength)
  for (let i = 0; i < bytes.byteLength; i++) copy[i] = bytes[i ^ 3]!
  return copy
}
