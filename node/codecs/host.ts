import { createCodec, type Codec, type CodecSource } from '../../protocols/codecs/index.js'
import { limits } from '../../protocols/limits.js'
import { entropyStages } from '../entropy/index.js'
import { KernelError } from '../kernels/errors.js'
import { createKernels } from '../kernels/kernels.js'
import { fasterWith } from './faster.js'
import type { CodingRequest, FromThread } from './messages.js'

/** Of codecs that remember nothing, which lose no more by it than the encoding that they keep: the run's, and the others served. */
const SOURCES_MAX = limits.codecsServedMax + 1

type Performed = Extract<FromThread, { readonly value: unknown }>

/**
 * Does what the thread is asked for.
 * @param faster the codecs that do it, in place of plain ones. @default with kernels, where they can be had
 * @returns throws CodecError for what does not decode, or weights that are not finite.
 */
export const createHost = (faster = kernelsHere()) => {
  const codecs = new Map<string, Codec>()
  /** The one used longest ago comes first. */
  const sources = new Map<string, CodecSource>()

  const codecOf = (spec: string): Codec => {
    const codec = codecs.get(spec) ?? createCodec(spec, entropyStages, faster)
    codecs.set(spec, codec)
    return codec
  }
  const sourceOf = (spec: string, length: number): CodecSource => {
    const source = sources.get(spec) ?? codecOf(spec).createSource(length)
    sources.delete(spec)
    sources.set(spec, source)
    const forgetful = [...sources.keys()].filter((name) => !codecOf(name).remembers)
    if (forgetful.length > SOURCES_MAX) sources.delete(forgetful[0]!)
    return source
  }

  /** Versions of the public copies that were given away. */
  const copied = new Map<string, number>()
  const movedCopy = (
    spec: string,
    version: number,
    { publicCopy }: CodecSource,
  ): Float32Array | undefined => {
    if (!publicCopy || copied.get(spec) === version) return undefined
    copied.set(spec, version)
    return shared(publicCopy)
  }

  return (request: CodingRequest): Performed => {
    const { spec } = request
    if (request.kind === 'decode') {
      const { bytes, into, held } = request
      into.set(codecOf(spec).decode(bytes, { length: into.length, held }))
      return { value: undefined }
    }
    const { version, weights, held } = request
    const source = sourceOf(spec, weights.length)
    // The source keeps what it has written: a copy of it is given away.
    const value = source.encode({ version, weights }, held).slice()
    return { value, publicCopy: movedCopy(spec, version, source) }
  }
}

/** Without kernels plain code writes and reads the same bits; the trainer, which mixes with them too, warns of it. */
const kernelsHere = (): ReturnType<typeof fasterWith> | undefined => {
  try {
    return fasterWith(createKernels())
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}

const shared = (weights: Float32Array): Float32Array => {
  const copy = new Float32Array(new SharedArrayBuffer(weights.byteLength))
  copy.set(weights)
  return copy
}
