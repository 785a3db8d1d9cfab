import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { createRandom } from '../../protocols/random.js'
import {
  digestOfBytes,
  digestOfLeaves,
  leafAt,
  leafOf,
  rootOf,
  sha256Pure,
  verifyChunk,
} from '../../protocols/wire/index.js'
import type { Sha256 } from '../../protocols/wire/index.js'

/** The leaf inputs and roots of the tests of google/certificate-transparency, merkle_tree_test.cc, for RFC 6962. */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts))

const native: Sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

describe('the digest tree', () => {
  it('hashes no leaves to SHA-256 of nothing', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    assert.equal(digestOfLeaves(new Uint8Array(0)), empty)
    assert.equal(digestOfBytes(new Uint8Array(0)).digest, empty)
  })
  it('gives the roots of the RFC 6962 test vectors for one to eight leaves', () => {
    for (const [i, root] of ROOTS.entries()) {
      const leaves = concat(...INPUTS.slice(0, i + 1).map((input) => leafOf(hexToBytes(input))))
      assert.equal(bytesToHex(rootOf(leaves)), root)
    }
  })
  it('splits at the largest power of two below the number of leaves', () => {
    const [a, b, c] = ['00', '10', '2021'].map((input) => leafOf(hexToBytes(input))) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    const node = (left: Uint8Array, right: Uint8Array) => sha256Pure(Uint8Array.of(1), left, right)
    assert.deepEqual(rootOf(concat(a, b, c)), node(node(a, b), c))
  })
  it('does not let an inner node pass for a chunk', () => {
    const [a, b] = ['00', '10'].map((input) => leafOf(hexToBytes(input))) as [Uint8Array, Uint8Array]
    assert.notDeepEqual(leafOf(concat(a, b)), rootOf(concat(a, b)))
  })
  it('is the same whichever SHA-256 is injected, at every number of chunks', () => {
    const random = createRandom('digest-tree')
    for (let length = 0; length < 40; length++) {
      const bytes = Uint8Array.from({ length }, () => random.below(256))
      assert.deepEqual(digestOfBytes(bytes, native, 3), digestOfBytes(bytes, sha256Pure, 3))
    }
  })
  it('changes with every byte and with the order of the chunks', () => {
    const seen = new Set([digestOfBytes(Uint8Array.of(1, 2, 3, 4, 5), sha256Pure, 2).digest])
    for (const bytes of [
      [2, 2, 3, 4, 5],
      [1, 2, 3, 4, 6],
      [3, 4, 1, 2, 5],
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5, 0],
    ]) {
      seen.add(digestOfBytes(Uint8Array.from(bytes), sha256Pure, 2).digest)
    }
    assert.equal(seen.size, 6)
  })
  it('verifies each chunk against its own leaf only', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5)
    const { leaves } = digestOfBytes(bytes, sha256Pure, 2)
    assert.equal(leaves.length, 3 * 32)
    assert.equal(verifyChunk(leafAt(leaves, 1), bytes.subarray(2, 4)), true)
    assert.equal(verifyChunk(leafAt(leaves, 2), bytes.subarray(4, 5)), true)
    assert.equal(verifyChunk(leafAt(leaves, 0), bytes.subarray(2, 4)), false)
    assert.equal(verifyChunk(leafAt(leaves, 3), bytes.subarray(4, 5)), false) // no such leaf
  })
})
