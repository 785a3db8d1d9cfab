import type { FirstNonFinite } from '../model/index.js'
import { assertFinite, FLOAT32_BYTES, machineIsLittleEndian, swapInPlace } from './float32.js'

/**
 * Where the bytes of a snapshot become floats: one for each snapshot that is received. Chunks come in order; the pieces
 * of a chunk come as the network hands them over, cut anywhere. What is written before `end` is not yet verified.
 */
export interface ChunkWriter {
  /** Bytes of the snapshot as it is sent. */
  readonly bytes: number
  /** The next bytes of the snapshot. @param piece borrowed for the call; at most as many as are missing. */
  write(piece: Uint8Array): void
  /** What was written since the last call is one whole chunk, and matches its digest. @throws WireError NOT_FINITE */
  end(): void
}

/**
 * Plain float32: each piece goes where it belongs at once, with no copy between.
 * @param out any memory, shared or not; belongs to the writer until the snapshot is there. Holds garbage after a failure.
 * @param firstNonFinite looks through each chunk. @default plain code
 * @param nativeOrder whether the machine's byte order is the wire's; a parameter for tests only.
 */
export const float32Writer = (
  out: Float32Array,
  {
    firstNonFinite,
    nativeOrder = machineIsLittleEndian,
  }: { readonly firstNonFinite?: FirstNonFinite | undefined; readonly nativeOrder?: boolean } = {},
): ChunkWriter => {
  const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
  let written = 0
  let verified = 0
  return {
    bytes: out.byteLength,
    write(piece) {
      target.set(piece, written)
      written += piece.byteLength
    },
    end() {
      const [start, end] = [verified / FLOAT32_BYTES, written / FLOAT32_BYTES]
      if (!nativeOrder) swapInPlace(target.subarray(verified, written))
      assertFinite(out, start, end, firstNonFinite)
      verified = written
    },
  }
}

/**
 * Bytes of an encoding: they mean something only once all are there.
 * @param out belongs to the writer until then. Holds garbage after a failure.
 */
export const bytesWriter = (out: Uint8Array): ChunkWriter => {
  let written = 0
  return {
    bytes: out.byteLength,
    write(piece) {
      out.set(piece, written)
      written += piece.byteLength
    },
    end() {},
  }
}
