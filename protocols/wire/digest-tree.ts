/**
 * The digest of a snapshot: the root of a Merkle hash tree over its chunks, as RFC 6962 section 2.1.
 * A receiver that holds the leaves and the root can check each chunk by itself, in any order, and a leaf can never pass
 * for an inner node because the two are hashed with different first bytes.
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { limits } from '../limits.js'
import { chunkCount, chunkRange } from './chunks.js'

/** SHA-256 of the parts one after the other. Takes parts so that a chunk need not be copied behind its prefix byte. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array

/** Bytes of a SHA-256 digest. */
export const DIGEST_BYTES = 32

/** SHA-256 in TypeScript, the same everywhere. About ten times slower than the platform's own, which a node injects. */
export const sha256Pure: Sha256 = (...parts) => {
  const hash = nobleSha256.create()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What is hashed before a chunk, so that no leaf passes for an inner node. */
export const LEAF_PREFIX = Uint8Array.of(0)
const NODE_PREFIX = Uint8Array.of(1)

/** Hash of one chunk: SHA-256(0x00 ‖ chunk). */
export const leafOf = (chunk: Uint8Array, sha256: Sha256 = sha256Pure): Uint8Array =>
  sha256(LEAF_PREFIX, chunk)

/**
 * Root over leaves that lie one after the other, 32 bytes each. The tree splits at the largest power of two below the
 * number of leaves; the root over no leaves is SHA-256 of nothing.
 * @param leaves borrowed; its length is a multiple of 32.
 */
export const rootOf = (leaves: Uint8Array, sha256: Sha256 = sha256Pure): Uint8Array => {
  const count = leaves.byteLength / DIGEST_BYTES
  if (!Number.isInteger(count))
    throw new RangeError(`${leaves.byteLength} bytes are no whole number of leaves`)
  if (count === 0) return sha256()
  const subtree = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return leaves.slice(from * DIGEST_BYTES, to * DIGEST_BYTES)
    const middle = from + largestPowerOfTwoBelow(to - from)
    return sha256(NODE_PREFIX, subtree(from, middle), subtree(middle, to))
  }
  return subtree(0, count)
}

export interface DigestTree {
  /** Leaf hashes in chunk order, 32 bytes each. */
  readonly leaves: Uint8Array
  /** The root as 64 lower-case hex digits: a snapshot's digest. */
  readonly digest: string
}

/** Hashes bytes that are all there. Blocks for as long as it takes: about 1 ms a MiB with the platform's SHA-256. */
export const digestOfBytes = (
  bytes: Uint8Array,
  sha256: Sha256 = sha256Pure,
  chunkBytes: number = limits.chunkBytes,
): DigestTree => {
  const count = chunkCount(bytes.byteLength, chunkBytes)
  const leaves = new Uint8Array(count * DIGEST_BYTES)
  for (let index = 0; index < count; index++) {
    const { start, end } = chunkRange(index, { byteLength: bytes.byteLength, chunkBytes })
    leaves.set(leafOf(bytes.subarray(start, end), sha256), index * DIGEST_BYTES)
  }
  return { leaves, digest: digestOfLeaves(leaves, sha256) }
}

/** The root over leaves, as 64 lower-case hex digits. */
export const digestOfLeaves = (leaves: Uint8Array, sha256: Sha256 = sha256Pure): string =>
  bytesToHex(rootOf(leaves, sha256))

/** The hash of chunk `index`: a view into `leaves`. */
export const leafAt = (leaves: Uint8Array, index: number): Uint8Array =>
  leaves.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES)

/** Whether the chunk is the one that `leaf` was made from. Public data: no constant-time comparison is needed. */
export const verifyChunk = (leaf: Uint8Array, chunk: Uint8Array, sha256: Sha256 = sha256Pure): boolean => {
  const actual = leafOf(chunk, sha256)
  return leaf.byteLength === DIGEST_BYTES && actual.every((byte, i) => byte === leaf[i])
}

const largestPowerOfTwoBelow = (count: number): number => {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}
