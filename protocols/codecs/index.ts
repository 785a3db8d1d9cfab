export type { Codec, CodecSource, DecodeOptions, EntropyStage, Held, Snapshot } from './contract.js'
export { BLOCK_ELEMENTS } from './blocks.js'
export { createHoldings, type Holdings } from './holdings.js'
export { codecUsages, createCodec, type EntropyStages } from './registry.js'
