import '../polyfills.js'
import { createPrivateKey, randomBytes } from 'node:crypto'
import { privateKeyFromProtobuf, privateKeyFromRaw, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { NetworkError } from './errors.js'

/** Bytes of an Ed25519 private key (RFC 8032, section 5.1.5). */
const SEED_BYTES = 32
/** What stands before the seed in an Ed25519 private key as PKCS #8 DER (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * A fresh Ed25519 private key as libp2p's protobuf: 68 bytes, secret, to be kept for as long as the peer is the same. Not by
 * `generateKeyPairSync`: in Node 20 its job locks the key when it is collected, and when that happens while the key is
 * exported, which locks it too, the process hangs for ever.
 */
export const createIdentity = (): Uint8Array => identityFromSeed(randomBytes(SEED_BYTES))

/**
 * The Ed25519 key of a seed of 32 bytes in that form. By node:crypto: libp2p derives the public key in JavaScript, in
 * 100 ms of a process that has just started.
 */
export const identityFromSeed = (seed: Uint8Array): Uint8Array => {
  const key = Buffer.concat([PKCS8_PREFIX, seed])
  const { d, x } = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
  if (d === undefined || x === undefined) throw new Error('node:crypto gave an Ed25519 key without its parts')
  // libp2p's raw form: the seed, then the public key.
  const raw = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')])
  return privateKeyToProtobuf(privateKeyFromRaw(raw))
}

/** @throws NetworkError BAD_IDENTITY */
export const privateKeyOf = (identity: Uint8Array): Ed25519PrivateKey => {
  let key
  try {
    key = privateKeyFromProtobuf(identity)
  } catch (error) {
    throw new NetworkError('BAD_IDENTITY', BAD_IDENTITY, {}, { cause: error })
  }
  if (key.type !== 'Ed25519') throw new NetworkError('BAD_IDENTITY', BAD_IDENTITY, { type: key.type })
  return key
}

/**
 * The peer id that belongs to an identity.
 * @throws NetworkError BAD_IDENTITY
 */
export const peerIdOf = (identity: Uint8Array): string =>
  peerIdFromPrivateKey(privateKeyOf(identity)).toString()

const BAD_IDENTITY =
  'the identity is not an Ed25519 private key in libp2p form; nothing was started. Restore the file or make a new identity.'
