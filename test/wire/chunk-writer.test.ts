import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WireError } from '../../protocols/errors.js'
import { float32Writer } from '../../protocols/wire/index.js'
import { kernels } from '../kernels/vectors.js'

const bytesOf = (weights: Float32Array) =>
  new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength)

describe('writing chunks of float32', () => {
  const weights = Float32Array.of(1.5, -0, 1e-45, 3e38, -7, 0.1)

  for (const [title, memory] of [
    ['memory of its own', () => new Float32Array(6)],
    ['shared memory', () => new Float32Array(new SharedArrayBuffer(24))],
    ['the middle of larger memory', () => new Float32Array(new ArrayBuffer(40), 8, 6)],
  ] as const) {
    it(`puts pieces that are cut anywhere into ${title}`, () => {
      for (let cut = 0; cut <= 16; cut++) {
        const out = memory()
        const writer = float32Writer(out)
        assert.equal(writer.bytes, 24)
        const bytes = bytesOf(weights)
        for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut, 16)]) writer.write(piece)
        writer.end()
        writer.write(bytes.subarray(16))
        writer.end()
        assert.deepEqual(Buffer.from(bytesOf(out)), Buffer.from(bytes))
      }
    })
  }
  for (const [how, find] of [
    ['in plain code', undefined],
    ['by kernel', (values: Float32Array) => kernels.firstNonFinite(values)],
  ] as const)
    it(`refuses NaN and infinities in any chunk and says which element it was: ${how}`, () => {
      for (const value of [NaN, Infinity, -Infinity]) {
        for (let index = 0; index < 11; index++) {
          const bad = new Float32Array(11).fill(-1e-45)
          bad[index] = value
          const writer = float32Writer(new Float32Array(11), { firstNonFinite: find })
          const run = () => {
            for (const [start, end] of [
              [0, 20],
              [20, 44],
            ] as const) {
              writer.write(bytesOf(bad).subarray(start, end))
              writer.end()
            }
          }
          assert.throws(
            run,
            (error) =>
              error instanceof WireError && error.code === 'NOT_FINITE' && error.details['index'] === index,
          )
        }
      }
    })
  it('swaps the bytes of each element on a machine of the other order', () => {
    const out = new Float32Array(1)
    const writer = float32Writer(out, { nativeOrder: false })
    writer.write(Uint8Array.of(0x00, 0x00, 0xc0))
    writer.write(Uint8Array.of(0x3f))
    writer.end()
    assert.deepEqual([...bytesOf(out)], [0x3f, 0xc0, 0, 0])
  })
})
