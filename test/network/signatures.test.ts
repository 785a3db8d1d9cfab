import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair, privateKeyFromRaw, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromMultihash, peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { limits } from '../../protocols/limits.js'
import {
  createIdentity,
  createSignatures,
  isPeerId,
  peerIdOf,
  verifySignature,
} from '../../node/network/index.js'

/** RFC 8032, section 7.1, TEST 2. */
const SEED = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'
const PUBLIC = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'
const MESSAGE = Uint8Array.of(0x72)
const SIGNATURE = hexToBytes(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
)
/** Order of the group, RFC 8032, section 5.1. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

const identity = privateKeyToProtobuf(privateKeyFromRaw(hexToBytes(SEED + PUBLIC)))
const id = peerIdOf(identity)

/** The id of a public key, by the protobuf around it. Ed25519 keys that libp2p writes begin with 08 01 12 20. */
const idOfProtobuf = (hex: string): string => {
  const digest = hexToBytes(hex)
  const bytes = Uint8Array.of(0, digest.length, ...digest)
  return peerIdFromMultihash({ code: 0, size: digest.length, digest, bytes }).toString()
}

describe('signatures of identities', () => {
  it('are those of RFC 8032', () => {
    assert.deepEqual(createSignatures(identity).sign(MESSAGE), SIGNATURE)
    assert.equal(verifySignature(id, MESSAGE, SIGNATURE), true)
  })
  it('hold for what was signed and for no bit more or less', () => {
    const other = createSignatures(createIdentity())
    const bytes = utf8ToBytes('a statement')
    assert.equal(other.verify(id, bytes, other.sign(bytes)), false)
    for (let bit = 0; bit < 512; bit += 37) {
      const changed = SIGNATURE.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(other.verify(id, MESSAGE, changed), false, `bit ${bit}`)
    }
    assert.equal(other.verify(id, Uint8Array.of(0x73), SIGNATURE), false)
    assert.equal(other.verify(id, Uint8Array.of(0x72, 0), SIGNATURE), false)
    assert.equal(other.verify(id, new Uint8Array(), SIGNATURE), false)
  })
  it('are refused when cut off or too long', () => {
    for (const length of [0, 1, 32, 63]) {
      assert.equal(verifySignature(id, MESSAGE, SIGNATURE.slice(0, length)), false, `${length} bytes`)
    }
    assert.equal(verifySignature(id, MESSAGE, Uint8Array.of(...SIGNATURE, 0)), false)
  })
  it('are refused when made from another one by adding the order of the group', () => {
    let s = L
    for (let i = 63; i >= 32; i--) s += BigInt(SIGNATURE[i]!) << BigInt(8 * (i - 32))
    const second = SIGNATURE.map((byte, i) => (i < 32 ? byte : Number((s >> BigInt(8 * (i - 32))) & 0xffn)))
    assert.equal(verifySignature(id, MESSAGE, second), false)
  })
  it('answer for more peers than are remembered', () => {
    const peers = Array.from({ length: limits.membersMax + 3 }, () => createIdentity())
    const signed = peers.map((peer) => ({
      id: peerIdOf(peer),
      signature: createSignatures(peer).sign(MESSAGE),
    }))
    for (const { id, signature } of [...signed, ...signed.slice(0, 5)]) {
      assert.ok(verifySignature(id, MESSAGE, signature))
    }
  })
  it('need an identity', () => {
    assert.throws(() => createSignatures(Uint8Array.of(1, 2, 3)), { code: 'BAD_IDENTITY' })
  })
})

describe('an id that names no Ed25519 key', () => {
  it('is not believed, and does no harm', async () => {
    const secp256k1 = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
    const ids = ['', '1', 'Qm', 'ann', '12D3KooW', id.slice(1), id.slice(0, -1), `${id}\n`, secp256k1]
    // What RSA ids look like, and the example of the libp2p specification for peer ids.
    ids.push('QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N')
    for (const other of ids) {
      assert.equal(verifySignature(other, MESSAGE, SIGNATURE), false, other)
      assert.equal(isPeerId(other), false, other)
    }
    assert.equal(isPeerId(id), true)
  })
  it('is refused where its bytes are no point of the curve', () => {
    // y = 2: x² = (y² - 1) / (d y² + 1) is no square.
    const other = idOfProtobuf(`08011220${'02'.padEnd(64, '0')}`)
    assert.equal(peerIdFromString(other).type, 'Ed25519')
    assert.equal(verifySignature(other, MESSAGE, SIGNATURE), false)
  })
})

describe('a key with two names', () => {
  it('is known by one of them only', () => {
    const names = [
      // As a CID, which libp2p also reads.
      peerIdFromString(id).toCID().toString(),
      // With a field that nobody knows, with the key twice, with the kind of key in two bytes instead of one.
      idOfProtobuf(`08011220${PUBLIC}1801`),
      idOfProtobuf(`08011220${PUBLIC}1220${PUBLIC}`),
      idOfProtobuf(`0881001220${PUBLIC}`),
    ]
    assert.equal(idOfProtobuf(`08011220${PUBLIC}`), id)
    for (const name of names) {
      assert.notEqual(name, id)
      assert.deepEqual(peerIdFromString(name).publicKey, peerIdFromString(id).publicKey, name)
      assert.equal(verifySignature(name, MESSAGE, SIGNATURE), false, name)
    }
  })
})
