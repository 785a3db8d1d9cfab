/** The first bytes of a frame, little-endian. */
const MAGIC = 0xfd2f_b528
/** Bytes of a dictionary's id, by the two lowest bits of the descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const
const BLOCK_HEADER_BYTES = 3
/** One byte stands for all of the block's. */
const RLE_BLOCK = 1
const CHECKSUM_BYTES = 4

/**
 * Whether the Zstandard frame that the bytes begin with is whole (RFC 8878, 3.1.1): its blocks are walked along, not decoded. Bytes that
 * begin no frame count as whole: the decompressor says what is wrong with them.
 */
export const isWholeFrame = (bytes: Uint8Array): boolean => {
  // Magic number and descriptor.
  if (bytes.byteLength < 5) return false
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) !== MAGIC) return true
  const descriptor = bytes[4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >> 6
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag
  let at = 5 + Number(!isSingleSegment) + DICTIONARY_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3] + sizeBytes
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEADER_BYTES > bytes.byteLength) return false
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    isLast = (header & 1) === 1
    at += BLOCK_HEADER_BYTES + (((header >> 1) & 3) === RLE_BLOCK ? 1 : header >> 3)
  }
  return at + ((descriptor & 4) === 0 ? 0 : CHECKSUM_BYTES) <= bytes.byteLength
}
