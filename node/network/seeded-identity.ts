import '../polyfills.js'
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import { identityOf } from './identity.js'

/** What stands before the seed in an Ed25519 private key as PKCS #8 DER (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * An identity that anyone who knows the words can make again: for demonstrations and tests, where the same seed must
 * give the same peer ids, and so the same topology. Never for a peer that others should recognise.
 */
export const seededIdentity = (...words: readonly (string | number)[]): Uint8Array => {
  const seed = createHash('sha256').update(words.join(' ')).digest()
  return identityOf(privateKeyFrom(seed))
}

/** By node:crypto: libp2p derives the public key in JavaScript, in 100 ms of a process that has just started. */
const privateKeyFrom = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
