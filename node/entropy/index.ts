import type { EntropyStages } from '../../protocols/codecs/index.js'
import { brotli } from './brotli.js'
import { zlib } from './zlib.js'
import { zstd } from './zstd.js'

/** What this Node can compress with. A new stage is one file and one line here. */
export const entropyStages: EntropyStages = {
  stages: [zlib, brotli, ...(zstd === undefined ? [] : [zstd])],
  missing: zstd === undefined ? { zstd: 'zstd needs Node 22.15 or later.' } : {},
}
