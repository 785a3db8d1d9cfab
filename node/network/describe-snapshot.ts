import { setImmediate } from 'node:timers/promises'
import { limits } from '../../protocols/limits.js'
import {
  chunkCount,
  chunkRange,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  leafOf,
} from '../../protocols/wire/index.js'
import { sha256 } from './sha256.js'

/** Bytes hashed between two turns of the event loop: about 1 ms of work, so heartbeats and streams go on. */
const SLICE_BYTES = 1024 * 1024

export interface SnapshotDescription {
  /** As they are served. Of a model: a view of its weights on little-endian machines, so they must not change meanwhile. */
  readonly bytes: Uint8Array
  /** 32 bytes per chunk. */
  readonly leaves: Uint8Array
  /** Root of the digest tree, 64 lower-case hex digits. */
  readonly digest: string
}

/**
 * Encodes weights and hashes them for serving, a slice at a time.
 * @param weights borrowed for as long as the result is used; not changed.
 */
export const describeSnapshot = async (
  weights: Float32Array,
  chunkBytes: number = limits.chunkBytes,
): Promise<SnapshotDescription> => describeBytes(encodeFloat32(weights), chunkBytes)

/** Hashes bytes for serving, a slice at a time. @param bytes become part of the result; not changed. */
export const describeBytes = async (
  bytes: Uint8Array,
  chunkBytes: number = limits.chunkBytes,
): Promise<SnapshotDescription> => {
  const count = chunkCount(bytes.byteLength, chunkBytes)
  const leaves = new Uint8Array(count * DIGEST_BYTES)
  let hashedBytes = 0
  for (let index = 0; index < count; index++) {
    const { start, end } = chunkRange(index, { byteLength: bytes.byteLength, chunkBytes })
    leaves.set(leafOf(bytes.subarray(start, end), sha256), index * DIGEST_BYTES)
    hashedBytes += end - start
    if (hashedBytes >= SLICE_BYTES) {
      hashedBytes = 0
      await setImmediate()
    }
  }
  return { bytes, leaves, digest: digestOfLeaves(leaves, sha256) }
}
