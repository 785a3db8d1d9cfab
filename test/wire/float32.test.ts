import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WireError } from '../../protocols/errors.js'
import { decodeFloat32Into, encodeFloat32 } from '../../protocols/wire/index.js'

// 1.5 = 0x3fc00000 and -2 = 0xc0000000, least significant byte first.
const WIRE = Uint8Array.of(0x00, 0x00, 0xc0, 0x3f, 0x00, 0x00, 0x00, 0xc0)

const failure = (run: () => void): WireError => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof WireError, String(error))
    return error
  }
  return assert.fail('nothing was thrown')
}

describe('float32 on the wire', () => {
  it('puts the least significant byte first', () => {
    assert.deepEqual(encodeFloat32(Float32Array.of(1.5, -2)), WIRE)
  })
  it('is a view of the weights on a machine of the same order', () => {
    const weights = Float32Array.of(1, 2, 3)
    const bytes = encodeFloat32(weights.subarray(1))
    assert.equal(bytes.buffer, weights.buffer)
    assert.equal(bytes.byteOffset, 4)
  })
  it('swaps the bytes of each element on a machine of the other order', () => {
    const memory = new Float32Array(Uint8Array.of(0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0).buffer)
    assert.deepEqual(encodeFloat32(memory, false), WIRE)
    const out = new Float32Array(2)
    decodeFloat32Into(WIRE, out, 0, false)
    assert.deepEqual(new Uint8Array(out.buffer), new Uint8Array(memory.buffer))
  })
  it('keeps every bit: negative zero, the smallest subnormal, the largest number', () => {
    const weights = Float32Array.of(-0, 1.401298464324817e-45, 3.4028234663852886e38, -1)
    const out = new Float32Array(4)
    decodeFloat32Into(encodeFloat32(weights), out, 0)
    assert.deepEqual(new Uint8Array(out.buffer), new Uint8Array(weights.buffer))
  })
  it('reads from any alignment and writes at the given element', () => {
    for (let shift = 0; shift < 5; shift++) {
      const padded = new Uint8Array(shift + WIRE.length)
      padded.set(WIRE, shift)
      const out = Float32Array.of(9, 9, 9, 9, 9).subarray(1)
      decodeFloat32Into(padded.subarray(shift), out, 1)
      assert.deepEqual([...out], [9, 1.5, -2, 9])
    }
  })
  it('refuses NaN and both infinities and says which element it was', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const bytes = encodeFloat32(Float32Array.of(0, value, 0))
      const error = failure(() => decodeFloat32Into(bytes, new Float32Array(10), 5))
      assert.equal(error.code, 'NOT_FINITE')
      assert.equal(error.details['index'], 6) // second element, written from element 5 on
    }
  })
  it('refuses a NaN with any sign and payload', () => {
    const signalling = Uint8Array.of(0x01, 0x00, 0x80, 0xff)
    assert.equal(failure(() => decodeFloat32Into(signalling, new Float32Array(1), 0)).code, 'NOT_FINITE')
  })
  it('refuses lengths that are no multiple of four', () => {
    for (const length of [1, 2, 3, 5, 7]) {
      const error = failure(() => decodeFloat32Into(new Uint8Array(length), new Float32Array(9), 0))
      assert.equal(error.code, 'OUT_OF_RANGE')
    }
  })
  it('refuses to write outside the vector and leaves it alone', () => {
    for (const offset of [-1, 2, 3, 0.5, NaN]) {
      const out = Float32Array.of(7, 7, 7)
      assert.equal(failure(() => decodeFloat32Into(WIRE, out, offset)).code, 'OUT_OF_RANGE')
      assert.deepEqual([...out], [7, 7, 7])
    }
  })
})
