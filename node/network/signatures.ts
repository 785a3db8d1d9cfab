import '../polyfills.js'
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import type { Signatures } from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import { privateKeyOf } from './identity.js'

/** Bytes of an Ed25519 signature. */
const SIGNATURE_BYTES = 64
/** Bytes of an Ed25519 seed: the first half of libp2p's raw private key. */
const SEED_BYTES = 32

/**
 * Signs with a peer's own identity key, and verifies by the ids of others. Ed25519 (RFC 8032), about 0.1 ms each.
 * @throws NetworkError BAD_IDENTITY
 */
export const createSignatures = (identity: Uint8Array): Signatures => {
  const { raw } = privateKeyOf(identity)
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      d: base64url(raw.subarray(0, SEED_BYTES)),
      x: base64url(raw.subarray(SEED_BYTES)),
    },
  })
  return { sign: (bytes) => Uint8Array.from(sign(null, bytes, key)), verify: verifySignature }
}

/**
 * Whether the peer `id` has signed these bytes. The id holds the public key, so nothing else is needed. A key has one
 * id only, in the form in which libp2p writes it: under two names one peer would count as two. An `s` that is not
 * reduced is refused (RFC 8032, section 5.1.7), so nobody can make a second signature out of one.
 * @returns false for an id that does not parse or is of another kind of key; never throws.
 */
export const verifySignature = (id: string, bytes: Uint8Array, signature: Uint8Array): boolean => {
  if (signature.byteLength !== SIGNATURE_BYTES) return false
  const key = publicKeyOf(id)
  return key !== undefined && verify(null, bytes, key, signature)
}

/** Keys of the ids that signed last, oldest first: parsing an id takes about as long as verifying. */
const keys = new Map<string, KeyObject>()

const publicKeyOf = (id: string): KeyObject | undefined => {
  const key = keys.get(id) ?? parseKey(id)
  if (key === undefined) return undefined
  // Behind the others again.
  keys.delete(id)
  keys.set(id, key)
  if (keys.size > limits.membersMax) keys.delete(keys.keys().next().value!)
  return key
}

const parseKey = (id: string): KeyObject | undefined => {
  try {
    const peer = peerIdFromString(id)
    if (peer.type !== 'Ed25519' || peerIdFromPublicKey(peer.publicKey).toString() !== id) return undefined
    return createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: base64url(peer.publicKey.raw) },
    })
  } catch {
    return undefined
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** Whether this is how the id of a peer is written: of an Ed25519 key, as all peers have one. */
export const isPeerId = (text: string): boolean => parseKey(text) !== undefined
