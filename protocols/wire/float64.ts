/** Bytes of one float64. */
const FLOAT64_BYTES = 8

/** Little-endian, eight bytes each. */
export const encodeFloat64 = (values: Float64Array): Uint8Array => {
  const bytes = new Uint8Array(values.length * FLOAT64_BYTES)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => view.setFloat64(index * FLOAT64_BYTES, value, true))
  return bytes
}

/** Undefined when the length is no multiple of eight. */
export const decodeFloat64 = (bytes: Uint8Array): Float64Array | undefined => {
  if (bytes.length % FLOAT64_BYTES !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float64Array.from({ length: bytes.length / FLOAT64_BYTES }, (_, index) =>
    view.getFloat64(index * FLOAT64_BYTES, true),
  )
}
