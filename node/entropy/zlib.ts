import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { EntropyStage } from '../../protocols/codecs/index.js'
import { unpacked } from './unpacked.js'

/**
 * Measured: levels 1, 6 and 9 leave 0.954 bytes of an int8 weight all the same (scripts/experiments/codecs): they have no
 * repetitions to look for.
 */
const LEVEL = 1

/** Deflate (RFC 1951) without header and checksum: the bytes around it have their own. */
export const zlib: EntropyStage = {
  name: 'zlib',
  pack: (bytes) => deflateRawSync(bytes, { level: LEVEL }),
  unpack: (bytes, bytesMax) => unpacked(bytes, bytesMax, inflateRawSync),
}
