import type { Codec, EntropyStage } from './contract.js'
import { malformed, tooLong, truncated } from './failures.js'

const STORED = 0
const PACKED = 1

/**
 * A codec whose bytes go through a lossless stage. Bytes: 1 and what the stage made of them, or 0 and the bytes as they
 * are where that is not shorter.
 */
export const withEntropy = (codec: Codec, stage: EntropyStage): Codec => ({
  ...codec,
  spec: `${codec.spec}+${stage.name}`,
  fixedSize: false,
  bytesMax: (length) => 1 + codec.bytesMax(length),
  createSource(length) {
    const source = codec.createSource(length)
    /** By the bytes that went in: a source gives the same to all that hold the same. */
    const packed = new WeakMap<Uint8Array, Uint8Array>()
    return {
      get publicCopy() {
        return source.publicCopy
      },
      encode(snapshot, heldVersion) {
        const plain = source.encode(snapshot, heldVersion)
        const bytes = packed.get(plain) ?? packedOf(plain, stage)
        packed.set(plain, bytes)
        return bytes
      },
    }
  },
  decode(bytes, options) {
    const max = codec.bytesMax(options.length)
    if (bytes.byteLength === 0) throw truncated(0, 1)
    if (bytes.byteLength > 1 + max) throw tooLong(bytes.byteLength, 1 + max)
    const content = bytes.subarray(1)
    if (bytes[0] === STORED) return codec.decode(content, options)
    if (bytes[0] !== PACKED) throw malformed(`unknown form ${bytes[0]}`, { form: bytes[0] })
    return codec.decode(stage.unpack(content, max), options)
  },
})

const packedOf = (plain: Uint8Array, stage: EntropyStage): Uint8Array => {
  const packed = stage.pack(plain)
  const [form, content] = packed.byteLength < plain.byteLength ? [PACKED, packed] : [STORED, plain]
  const bytes = new Uint8Array(1 + content.byteLength)
  bytes[0] = form
  bytes.set(content, 1)
  return bytes
}
