import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { EntropyStage } from '../../protocols/codecs/index.js'
import { unpacked } from './unpacked.js'

/** Measured: 4 leaves 0.951 bytes of an int8 weight, as 9 does in five times the time (scripts/experiments/codecs). */
const QUALITY = 4

/** Brotli (RFC 7932). */
export const brotli: EntropyStage = {
  name: 'brotli',
  pack: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }),
  unpack: (bytes, bytesMax) => unpacked(bytes, bytesMax, brotliDecompressSync),
}
