import '../polyfills.js'
import { createHash } from 'node:crypto'
import { generateKeyPairFromSeed, privateKeyToProtobuf } from '@libp2p/crypto/keys'

/**
 * An identity that anyone who knows the words can make again: for demonstrations and tests, where the same seed must
 * give the same peer ids, and so the same topology. Never for a peer that others should recognise.
 */
export const seededIdentity = async (...words: readonly (string | number)[]): Promise<Uint8Array> => {
  const seed = createHash('sha256').update(words.join(' ')).digest()
  return privateKeyToProtobuf(await generateKeyPairFromSeed('Ed25519', seed))
}
