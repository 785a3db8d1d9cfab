import { createHash, type Hash } from 'node:crypto'
import { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import { chunkCount, chunkRange, leafAt, LEAF_PREFIX, type ChunkWriter } from '../../protocols/wire/index.js'
import type { ChunkSink } from './frame-reader.js'
import { createSpentBuffers } from './spent-buffers.js'

/** One for all exchanges: what counts is the memory of the process. */
const spentBuffers = createSpentBuffers()

export interface ReadChunksOptions {
  /** 32 bytes per chunk, already checked against their digest. */
  readonly leaves: Uint8Array
  readonly limits: Limits
  /** Chunks that come without being asked for, from the first on. @default 0 */
  readonly following?: number
  /** Asks for a chunk; a few ahead of those that were read. */
  readonly request: (index: number) => Promise<void>
  /** Reads the next reply into the sink. Throws when it is no chunk. */
  readonly read: (sink: ChunkSink) => Promise<void>
}

/**
 * Reads chunk by chunk into `writer`. Each chunk is hashed while it comes and verified before the next is looked at.
 * @throws WireError MALFORMED, DIGEST_MISMATCH or NOT_FINITE; what `request` and `read` throw.
 */
export const readChunks = async (
  writer: ChunkWriter,
  { leaves, limits, following = 0, request, read }: ReadChunksOptions,
): Promise<void> => {
  const count = chunkCount(writer.bytes, limits.chunkBytes)
  const sink = verifying(writer, { leaves, chunkBytes: limits.chunkBytes })
  let requested = following
  for (let received = 0; received < count; received++) {
    for (; requested < Math.min(count, received + limits.chunkWindow); requested++) await request(requested)
    await read(sink)
  }
}

/** Gives a chunk that lies in one piece to the sink. */
export const drain = (
  { index, data }: { readonly index: number; readonly data: Uint8Array },
  sink: ChunkSink,
): void => {
  sink.begin(index, data.byteLength)
  sink.write(data)
  sink.end()
}

/** Passes the chunks of a snapshot on in their order, hashing each on its way. */
const verifying = (
  writer: ChunkWriter,
  { leaves, chunkBytes }: { readonly leaves: Uint8Array; readonly chunkBytes: number },
): ChunkSink => {
  let current = 0
  let hash: Hash
  let bytes = 0
  return {
    begin(index, dataBytes) {
      if (index !== current)
        throw new WireError('MALFORMED', `chunk ${index} came in place of ${current}`, { index })
      const { start, end } = chunkRange(index, { byteLength: writer.bytes, chunkBytes })
      if (dataBytes !== end - start) {
        const message = `chunk ${index} came with ${dataBytes} bytes in place of ${end - start}; the snapshot is refused`
        throw new WireError('MALFORMED', message, { index, dataBytes })
      }
      bytes = dataBytes
      hash = createHash('sha256').update(LEAF_PREFIX)
    },
    write(piece) {
      hash.update(piece)
      writer.write(piece)
    },
    end() {
      if (!hash.digest().equals(leafAt(leaves, current))) {
        const message = `chunk ${current} does not match its digest; the snapshot is refused`
        throw new WireError('DIGEST_MISMATCH', message, { index: current })
      }
      writer.end()
      current++
      spentBuffers(bytes)
    },
  }
}
