import { AUTO, CODEC_VERSION, createCodec, PLAIN_CODEC, type Codec } from '../../../protocols/codecs/index.js'
import { ConfigError } from '../../../protocols/errors.js'
import { limits } from '../../../protocols/limits.js'
import type { CodecOffer } from '../../../protocols/wire/index.js'
import { entropyStages } from '../../entropy/index.js'

/** What a reader may have: the first of its offers that this peer serves. Undefined: plain float32. */
export type ChooseOffer = (
  accepts: readonly CodecOffer[],
) => { readonly codec: Codec; readonly held: number | undefined } | undefined

/**
 * Served are the run's codec, and others that need no memory of who holds what: those asked for last, so that no member
 * can take the places of those that others ask for. Names that are not known, and versions that are not spoken, are
 * passed over.
 * @param runCodec as the run's configuration names it.
 */
export const createChooseOffer = (runCodec: string): ChooseOffer => {
  const own = runCodec === AUTO || runCodec === PLAIN_CODEC ? undefined : codecNamed(runCodec)
  /** The others. The one asked for longest ago comes first. */
  const served = new Map<string, Codec>()

  const servable = (name: string): Codec | undefined => {
    if (name === own?.spec) return own
    const codec = served.get(name) ?? codecNamed(name)
    // A public copy of its own for every fraction that somebody asks for would cost memory without end.
    if (!codec || codec.remembers) return undefined
    served.delete(name)
    served.set(name, codec)
    if (served.size > limits.codecsServedMax) served.delete(served.keys().next().value!)
    return codec
  }

  return (accepts) => {
    for (const { name, version, held } of accepts) {
      if (version !== CODEC_VERSION) continue
      if (name === PLAIN_CODEC) return undefined
      const codec = servable(name)
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
