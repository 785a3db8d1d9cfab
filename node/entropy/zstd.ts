import * as nodeZlib from 'node:zlib'
import type { EntropyStage } from '../../protocols/codecs/index.js'
import { truncated, unpacked, type UnpackOptions } from './unpacked.js'
import { isWholeFrame } from './zstd-frame.js'

/** What Node 22.15 and later have beside the rest; the types are of Node 20. */
interface ZstdOfNode {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: UnpackOptions) => Uint8Array
}

const stageOf = ({ zstdCompressSync, zstdDecompressSync }: ZstdOfNode): EntropyStage | undefined =>
  zstdCompressSync &&
  zstdDecompressSync && {
    name: 'zstd',
    pack: (bytes) => zstdCompressSync(bytes),
    unpack(bytes, bytesMax) {
      // Node 22 gives what it has of a frame that ends too early, and does not say so.
      if (!isWholeFrame(bytes)) throw truncated()
      return unpacked(bytes, bytesMax, zstdDecompressSync)
    },
  }

/** Zstandard (RFC 8878) at the level that Node takes; undefined where this Node has none. */
export const zstd: EntropyStage | undefined = stageOf(nodeZlib as ZstdOfNode)
