import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { generateKeyPairFromSeed, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdOf, seededIdentity } from '../../node/network/index.js'

describe('an identity from words', () => {
  it('is the key that libp2p derives from their digest', async () => {
    const seed = createHash('sha256').update('demo 1 0').digest()
    const expected = privateKeyToProtobuf(await generateKeyPairFromSeed('Ed25519', seed))
    assert.deepEqual(Buffer.from(seededIdentity('demo', 1, 0)), Buffer.from(expected))
  })
  it('is the same for the same words and another for others', () => {
    assert.equal(peerIdOf(seededIdentity('demo', 1, 0)), peerIdOf(seededIdentity('demo', 1, 0)))
    assert.notEqual(peerIdOf(seededIdentity('demo', 1, 0)), peerIdOf(seededIdentity('demo', 1, 1)))
  })
})
