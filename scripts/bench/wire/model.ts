/** Bytes that a stack writes at once. */
export const WRITE_BYTES = 256 * 1024

const FLOAT32_BYTES = 4

/** Weights of so many bytes, all finite and none alike, in memory that threads may share. */
export const modelOf = (bytes: number): Float32Array => {
  const weights = new Float32Array(new SharedArrayBuffer(bytes))
  for (let i = 0; i < weights.length; i++) weights[i] = ((i * 2_654_435_761) % 65_521) / 65_521 - 0.5
  return weights
}

export const elementsOf = (bytes: number): number => bytes / FLOAT32_BYTES

/** The bytes of the model in pieces as they are written. */
export function* piecesOf(model: Float32Array): Generator<Uint8Array> {
  const bytes = new Uint8Array(model.buffer, model.byteOffset, model.byteLength)
  for (let start = 0; start < bytes.byteLength; start += WRITE_BYTES) {
    yield bytes.subarray(start, start + WRITE_BYTES)
  }
}
