import '../polyfills.js'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { privateKeyFromProtobuf, privateKeyFromRaw, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { NetworkError } from './errors.js'

/** A fresh Ed25519 private key as libp2p's protobuf: 68 bytes, secret, to be kept for as long as the peer is the same. */
export const createIdentity = (): Uint8Array => identityOf(generateKeyPairSync('ed25519').privateKey)

/** An Ed25519 private key in that form. */
export const identityOf = (privateKey: KeyObject): Uint8Array => {
  const { d, x } = privateKey.export({ format: 'jwk' })
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
