import type { Codec, CodecSource, Snapshot } from './contract.js'

/** A codec that sends every snapshot by itself: the reader needs to hold nothing. */
export const stateless = ({
  encode,
  ...codec
}: Omit<Codec, 'remembers' | 'fixedSize' | 'createSource'> & {
  readonly encode: (weights: Float32Array) => Uint8Array
}): Codec => ({
  ...codec,
  remembers: false,
  fixedSize: true,
  createSource: () => newestOnly(({ weights }) => encode(weights)),
})

/** Encodes a version once, however many ask for it. */
export const newestOnly = (encode: (snapshot: Snapshot) => Uint8Array): CodecSource => {
  let newest: { readonly version: number; readonly bytes: Uint8Array } | undefined
  return {
    encode(snapshot) {
      if (newest?.version !== snapshot.version) {
        newest = { version: snapshot.version, bytes: encode(snapshot) }
      }
      return newest.bytes
    },
  }
}
