import { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import {
  chunkCount,
  decodeFloat32Into,
  FLOAT32_BYTES,
  leafAt,
  verifyChunk,
} from '../../protocols/wire/index.js'
import { sha256 } from './sha256.js'

export interface ReadChunksOptions {
  /** 32 bytes per chunk, already checked against their digest. */
  readonly leaves: Uint8Array
  readonly limits: Limits
  /** Asks for a chunk; a few ahead of those that were read. */
  readonly request: (index: number) => Promise<void>
  /** The next reply. Throws when it is no chunk. */
  readonly read: () => Promise<{ readonly index: number; readonly data: Uint8Array }>
}

/**
 * Reads float32 values chunk by chunk into `out` and verifies each chunk before the next is looked at.
 * @param out holds garbage when this throws.
 * @throws WireError MALFORMED, DIGEST_MISMATCH or NOT_FINITE; what `request` and `read` throw.
 */
export const readChunks = async (
  out: Float32Array,
  { leaves, limits, request, read }: ReadChunksOptions,
): Promise<void> => {
  const count = chunkCount(out.byteLength, limits.chunkBytes)
  const chunkElements = limits.chunkBytes / FLOAT32_BYTES
  let requested = 0
  for (let received = 0; received < count; received++) {
    for (; requested < Math.min(count, received + limits.chunkWindow); requested++) await request(requested)
    const { index, data } = await read()
    if (index !== received)
      throw new WireError('MALFORMED', `chunk ${index} came in place of ${received}`, { index })
    if (!verifyChunk(leafAt(leaves, index), data, sha256)) {
      throw new WireError(
        'DIGEST_MISMATCH',
        `chunk ${index} does not match its digest; the snapshot is refused`,
        { index },
      )
    }
    decodeFloat32Into(data, out, index * chunkElements)
  }
}
