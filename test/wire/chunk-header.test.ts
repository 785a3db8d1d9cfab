import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import {
  CHUNK_HEADER_BYTES_MAX,
  decodeChunkHeader,
  encodeChunkHeader,
  encodeSnapshotReply,
} from '../../protocols/wire/index.js'

const startOf = (frame: Uint8Array) => frame.subarray(0, CHUNK_HEADER_BYTES_MAX)

describe('the header of a chunk', () => {
  for (const [index, dataBytes] of [
    [0, 1],
    [1, 127],
    [127, 128],
    [4095, 100_000],
    [300, limits.chunkBytes],
  ] as const) {
    it(`is read back: chunk ${index} of ${dataBytes} bytes`, () => {
      const frame = encodeSnapshotReply({ type: 'chunk', index, data: new Uint8Array(dataBytes).fill(7) })
      const headerBytes = encodeChunkHeader(index, dataBytes).byteLength
      assert.ok(headerBytes <= CHUNK_HEADER_BYTES_MAX)
      assert.deepEqual(decodeChunkHeader(startOf(frame), frame.byteLength), { index, dataBytes, headerBytes })
    })
  }
  it('is not seen in other replies', () => {
    const frame = encodeSnapshotReply({ type: 'refused', code: 'BUSY', message: 'later' })
    assert.equal(decodeChunkHeader(startOf(frame), frame.byteLength), null)
    assert.equal(decodeChunkHeader(new Uint8Array(), 0), null)
  })
  it('is not seen where lengths do not fit the frame', () => {
    const frame = encodeSnapshotReply({ type: 'chunk', index: 3, data: new Uint8Array(500) })
    for (const bytes of [frame.byteLength - 1, frame.byteLength + 1])
      assert.equal(decodeChunkHeader(startOf(frame), bytes), null)
  })
  it('is not seen where the frame is cut in the middle of it', () => {
    const frame = encodeSnapshotReply({ type: 'chunk', index: 300, data: new Uint8Array(500) })
    for (let bytes = 0; bytes < encodeChunkHeader(300, 500).byteLength; bytes++)
      assert.equal(decodeChunkHeader(frame.subarray(0, bytes), bytes), null)
  })
  it('announces no more than a chunk may have', () => {
    const frame = encodeSnapshotReply({ type: 'chunk', index: 0, data: new Uint8Array(limits.chunkBytes) })
    // The last byte of the length says how many times 16,384: one more is 16 KiB too many.
    const start = frame.slice(0, CHUNK_HEADER_BYTES_MAX)
    start[3]! += 1
    const { headerBytes } = decodeChunkHeader(startOf(frame), frame.byteLength)!
    start[headerBytes - 1]! += 1
    assert.equal(decodeChunkHeader(start, frame.byteLength + 16_384), null)
  })
})
