import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isWholeFrame } from '../../node/entropy/zstd-frame.js'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
/** Header of a block: bit 0 the last, bits 1 and 2 its type (0 raw, 1 one byte repeated), the rest its size. */
const block = (isLast: boolean, type: number, size: number): number[] => {
  const header = Number(isLast) | (type << 1) | (size << 3)
  return [header & 0xff, (header >> 8) & 0xff, header >> 16]
}

// RFC 8878, 3.1.1.1: bits 7, 6 size of the content's size; 5 single segment; 2 checksum; 1, 0 dictionary.
const frames: readonly (readonly [string, readonly number[]])[] = [
  ['a window, one raw block', [...MAGIC, 0x00, 0x58, ...block(true, 0, 3), 1, 2, 3]],
  ['a single segment with a size of one byte', [...MAGIC, 0x20, 3, ...block(true, 0, 3), 1, 2, 3]],
  [
    'a size of four bytes, a dictionary of two, a checksum',
    [...MAGIC, 0x86, 0x58, 9, 9, 3, 0, 0, 0, ...block(true, 0, 3), 1, 2, 3, 7, 7, 7, 7],
  ],
  [
    '700 times one byte, then a raw block',
    [...MAGIC, 0x00, 0x58, ...block(false, 1, 700), 5, ...block(true, 0, 1), 1],
  ],
]

describe('a Zstandard frame', () => {
  for (const [what, bytes] of frames) {
    it(`is whole with all of its bytes, and at no shorter length: ${what}`, () => {
      const frame = Uint8Array.from([0, ...bytes]).subarray(1)
      assert.equal(isWholeFrame(frame), true)
      for (let end = 0; end < frame.length; end++) assert.equal(isWholeFrame(frame.subarray(0, end)), false)
      assert.equal(isWholeFrame(Uint8Array.of(...frame, 0)), true)
    })
  }

  it('is left to the decompressor where it is none', () => {
    assert.equal(isWholeFrame(new Uint8Array(9)), true)
  })
})
