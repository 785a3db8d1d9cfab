import { CODEC_VERSION, createCodec, type Codec } from '../../../protocols/codecs/index.js'
import { ConfigError } from '../../../protocols/errors.js'
import { limits } from '../../../protocols/limits.js'
import type { CodecOffer } from '../../../protocols/wire/index.js'
import { entropyStages } from '../../entropy/index.js'

/** What a reader may have: the first of its offers that this peer serves. Undefined: plain float32. */
export type ChooseOffer = (
  accepts: readonly CodecOffer[],
) => { readonly codec: Codec; readonly held: number | undefined } | undefined

/**
 * Served are the run's codec, and a few others that need no memory of who holds what. Names that are not known, and
 * versions that are not spoken, are passed over.
 * @param runCodec as the run's configuration names it.
 */
export const createChooseOffer = (runCodec: string): ChooseOffer => {
  /** Those that were asked for. */
  const served = new Map<string, Codec>()

  const servable = (name: string): Codec | undefined => {
    const known = served.get(name)
    if (known) return known
    if (name !== runCodec && served.size >= limits.codecsServedMax) return undefined
    const codec = codecNamed(name)
    // A public copy of its own for every fraction that somebody asks for would cost memory without end.
    if (!codec || (codec.remembers && name !== runCodec)) return undefined
    served.set(name, codec)
    return codec
  }

  return (accepts) => {
    for (const { name, version, held } of accepts) {
      const codec = version === CODEC_VERSION ? servable(name) : undefined
      if (codec?.spec === 'float32') return undefined
      if (codec) return { codec, held: codec.remembers ? held : undefined }
    }
    return undefined
  }
}

const codecNamed = (name: string): Codec | undefined => {
  try {
    return createCodec(name, entropyStages)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
