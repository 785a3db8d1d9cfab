import { createCodec, type Codec } from '../../protocols/codecs/index.js'
import { entropyStages } from '../../node/entropy/index.js'

const plain = ['float32', 'float16', 'int8', 'top-k:0.05', 'top-k:1']

/** Every codec with every stage that this Node has. */
export const codecs: readonly Codec[] = plain.flatMap((spec) =>
  [spec, ...entropyStages.stages.map(({ name }) => `${spec}+${name}`)].map((full) =>
    createCodec(full, entropyStages),
  ),
)

export const codecOf = (spec: string): Codec => createCodec(spec, entropyStages)
