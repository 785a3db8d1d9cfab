import { CODEC_VERSION } from '../../protocols/codecs/index.js'
import { CodecError, WireError } from '../../protocols/errors.js'
import { bytesWriter, digestOfLeaves } from '../../protocols/wire/index.js'
import type { EncodedModel, OfferedCodec, PullModelOptions } from './snapshot-contract.js'
import { checkAnnounced, readInto, roomFor, type EncodedManifest, type Exchanging } from './plain-snapshot.js'
import { sha256 } from './sha256.js'

/**
 * Receives the bytes of an encoding. Its chunks hash to what the sender has just said on this connection, which its key
 * secures: that is all that binds an encoding to its sender (decision 15).
 * @returns undecoded.
 * @throws WireError before memory is set aside when they cannot be of a model of this layout in a codec that was offered.
 */
export const readEncoded = async (
  manifest: EncodedManifest,
  {
    offers,
    newerThan,
    layout,
    vector,
  }: { readonly offers: readonly OfferedCodec[] } & Pick<PullModelOptions, 'newerThan' | 'layout' | 'vector'>,
  exchanging: Exchanging,
): Promise<EncodedModel> => {
  const { from, limits, signal } = exchanging
  const { head, codec: name, version, bytes: byteLength } = manifest
  const offer = offers.find((offered) => offered.codec.spec === name && version === CODEC_VERSION)
  if (!offer) {
    const message = `${from} answered in ${name} version ${version}, which was not offered; the snapshot is refused`
    throw new WireError('MALFORMED', message, { name, version })
  }
  const { codec, held } = offer
  const most = codec.bytesMax(layout.length)
  const least = codec.fixedSize ? most : 1
  checkAnnounced(manifest, { request: { type: 'newest', newerThan }, layout, limits, least, most })
  // The frame that the leaves are a view of is released.
  const leaves = manifest.leaves.slice()
  // Not zeroed, which would hold up the thread: every byte is received before any is looked at.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer)
  const digest = digestOfLeaves(leaves, sha256)
  const described = { digest, leaves, version: head.version, following: manifest.following }
  await readInto(bytesWriter(bytes), described, exchanging)
  return { from, codec, version: head.version, bytes, into: roomFor(layout.length, vector), held, signal }
}

/** A codec's complaint about what a peer has sent, as one about the exchange. */
export const asWireError = (error: unknown): unknown =>
  error instanceof CodecError
    ? new WireError(error.code === 'NOT_FINITE' ? 'NOT_FINITE' : 'MALFORMED', error.message, error.details, {
        cause: error,
      })
    : error
