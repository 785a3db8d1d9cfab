import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WireError } from '../../protocols/errors.js'
import { limits } from '../../protocols/limits.js'
import { chunkCount, chunkRange } from '../../protocols/wire/index.js'

const outOfRange = (error: unknown) => error instanceof WireError && error.code === 'OUT_OF_RANGE'

describe('cutting a snapshot into chunks', () => {
  it('counts a started chunk as one', () => {
    assert.deepEqual(
      [0, 1, 9, 10, 11, 20, 21].map((byteLength) => chunkCount(byteLength, 10)),
      [0, 1, 1, 1, 2, 2, 3],
    )
  })
  it('covers every byte once, in order', () => {
    const byteLength = 23
    const ranges = Array.from({ length: 3 }, (_, i) => chunkRange(i, { byteLength, chunkBytes: 10 }))
    assert.deepEqual(ranges, [
      { start: 0, end: 10 },
      { start: 10, end: 20 },
      { start: 20, end: 23 },
    ])
  })
  it('uses chunks of 256 KiB unless told otherwise', () => {
    assert.equal(chunkCount(limits.chunkBytes + 1), 2)
    assert.deepEqual(chunkRange(1, { byteLength: 262_145 }), { start: 262_144, end: 262_145 })
  })
  it('refuses chunks that do not exist', () => {
    for (const index of [-1, 3, 0.5, NaN]) {
      assert.throws(() => chunkRange(index, { byteLength: 23, chunkBytes: 10 }), outOfRange)
    }
    assert.throws(() => chunkRange(0, { byteLength: 0 }), outOfRange)
  })
  it('refuses lengths that are not numbers of bytes', () => {
    for (const bad of [-1, 1.5, NaN, Infinity, 2 ** 53]) assert.throws(() => chunkCount(bad, 10), outOfRange)
    for (const bad of [0, -1, 1.5, NaN]) assert.throws(() => chunkCount(10, bad), outOfRange)
  })
})
