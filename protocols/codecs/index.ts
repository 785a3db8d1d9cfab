export type { Codec, CodecSource, DecodeOptions, EntropyStage, Held, Snapshot } from './contract.js'
export { BLOCK_ELEMENTS } from './blocks.js'
export { PLAIN_CODEC } from './float32.js'
export { createHoldings, type Holdings } from './holdings.js'
export { comparedWithCopy, LAG_FRACTION, type Mix } from './lag.js'
export { createCodecChoice, type Candidate, type CodecChoice, type Exchange, type GivenUp } from './choice.js'
export {
  AUTO,
  CODEC_VERSION,
  checkCodecName,
  codecUsages,
  createCodec,
  type EntropyStages,
} from './registry.js'
