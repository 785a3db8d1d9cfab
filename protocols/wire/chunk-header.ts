import { limits } from '../limits.js'
import { integer } from './checks.js'
import { chunkIndex } from './snapshot-codec.js'
import { varint } from './varint.js'

/** What a reply frame says before the data of a chunk. */
export interface ChunkHeader {
  readonly index: number
  /** Bytes of the chunk, at least 1. */
  readonly dataBytes: number
  /** Bytes of the header itself: the data follows, and nothing after it. */
  readonly headerBytes: number
}

/** Bytes of the longest header: three tags and three varints of at most four bytes each. */
export const CHUNK_HEADER_BYTES_MAX = 15

/**
 * The bytes that come before a chunk's data in its reply frame: header, then data, is exactly what
 * `encodeSnapshotReply` gives. The data field is the last one, so nothing follows it.
 * @param index counted from 0.
 * @param dataBytes bytes of the chunk, at least 1.
 */
export const encodeChunkHeader = (index: number, dataBytes: number): Uint8Array => {
  integer('chunk size', dataBytes, { min: 1, max: limits.chunkBytes })
  const indexField = chunkIndex(index) === 0 ? [] : [CHUNK_INDEX_TAG, ...varint(index)]
  const dataField = [CHUNK_DATA_TAG, ...varint(dataBytes)]
  const bodyBytes = indexField.length + dataField.length + dataBytes
  return Uint8Array.from([REPLY_CHUNK_TAG, ...varint(bodyBytes), ...indexField, ...dataField])
}

/**
 * Reads what `encodeChunkHeader` writes, so that the data need not be gathered into a frame first.
 * @param start the first bytes of the frame: CHUNK_HEADER_BYTES_MAX of them, or all of a shorter frame.
 * @param frameBytes of the whole frame.
 * @returns null for every other frame, the same fields written in another way among them: decode it as a whole.
 */
export const decodeChunkHeader = (start: Uint8Array, frameBytes: number): ChunkHeader | null => {
  let at = 0
  const number = (): number => {
    let value = 0
    for (let shift = 1; at < start.byteLength; shift *= 0x80) {
      const byte = start[at++]!
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
    return -1
  }
  if (start[at++] !== REPLY_CHUNK_TAG || number() !== frameBytes - at) return null
  let index = 0
  if (start[at] === CHUNK_INDEX_TAG) {
    at++
    index = chunkIndex(number())
  }
  if (start[at++] !== CHUNK_DATA_TAG) return null
  const dataBytes = number()
  if (dataBytes < 1 || dataBytes > limits.chunkBytes || dataBytes !== frameBytes - at) return null
  return { index, dataBytes, headerBytes: at }
}

/** Field number times 8 plus wire type (protobuf encoding, "Message Structure"): 2 is length-delimited, 0 a varint. */
const REPLY_CHUNK_TAG = (2 << 3) | 2
const CHUNK_INDEX_TAG = (1 << 3) | 0
const CHUNK_DATA_TAG = (2 << 3) | 2
