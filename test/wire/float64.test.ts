import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeFloat64, encodeFloat64 } from '../../protocols/wire/index.js'

describe('float64 on the wire', () => {
  it('is little-endian, eight bytes each, and comes back bit for bit from anywhere in a buffer', () => {
    // IEEE 754: 1 is 3ff0…, −2 is c000…
    const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0)
    assert.deepEqual(encodeFloat64(Float64Array.of(1, -2)), bytes)
    const shifted = new Uint8Array(17)
    shifted.set(bytes, 1)
    assert.deepEqual(decodeFloat64(shifted.subarray(1)), Float64Array.of(1, -2))
    const odd = Float64Array.of(NaN, Infinity, -0, 5e-324)
    assert.deepEqual(decodeFloat64(encodeFloat64(odd)), odd)
  })

  it('is nothing of another length', () => {
    for (const length of [1, 7, 9]) assert.equal(decodeFloat64(new Uint8Array(length)), undefined)
    assert.deepEqual(decodeFloat64(new Uint8Array(0)), new Float64Array(0))
  })
})
