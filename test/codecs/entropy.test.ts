import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entropyStages } from '../../node/entropy/index.js'
import { CodecError } from '../../protocols/errors.js'
import { createRandom } from '../../protocols/random.js'
import { codecOf } from './all.js'

const { stages } = entropyStages

for (const stage of stages) {
  describe(`the entropy stage ${stage.name}`, () => {
    const random = createRandom('bytes')
    const plain = Uint8Array.from({ length: 5000 }, () => random.below(random.below(256) + 1))
    const packed = stage.pack(plain)

    it('gives back what it was given, of any length', () => {
      for (const length of [0, 1, 2, 4999, 5000]) {
        const bytes = plain.subarray(0, length)
        assert.deepEqual(Uint8Array.from(stage.unpack(stage.pack(bytes), Math.max(1, length))), bytes)
      }
    })
    it('makes skewed bytes fewer', () => {
      assert.ok(packed.byteLength < 0.96 * plain.byteLength)
    })
    it('stops at the bound when more comes out than there may be', () => {
      // A thousand bytes or fewer that would be 100 MB.
      const bomb = stage.pack(new Uint8Array(100_000_000))
      assert.throws(() => stage.unpack(bomb, 4096), { code: 'TOO_LONG' })
      assert.throws(() => stage.unpack(packed, 4999), { code: 'TOO_LONG' })
    })
    it('refuses every truncation and whatever follows', () => {
      for (let end = 0; end < packed.byteLength; end += 7) {
        assert.throws(() => stage.unpack(packed.subarray(0, end), 5000), CodecError)
      }
      assert.throws(() => stage.unpack(Uint8Array.of(...packed, 0), 5000), { code: 'MALFORMED' })
    })
    it('refuses garbage', () => {
      for (let run = 0; run < 500; run++) {
        const bytes = Uint8Array.from({ length: random.below(50) }, () => random.below(256))
        try {
          stage.unpack(bytes, 5000)
        } catch (error) {
          assert.ok(error instanceof CodecError, String(error))
        }
      }
    })
  })

  describe(`a codec with the stage ${stage.name}`, () => {
    const codec = codecOf(`int8+${stage.name}`)
    it('sends bytes as they are where compression does not make them fewer', () => {
      const weights = Float32Array.of(1, 2, 3)
      const bytes = codec.createSource(3).encode({ version: 1, weights })
      assert.deepEqual([bytes[0], bytes.byteLength], [0, 1 + codecOf('int8').bytesMax(3)])
    })
    it('refuses a bomb before it goes off', () => {
      const bomb = Uint8Array.of(1, ...stage.pack(new Uint8Array(10_000_000)))
      const decode = (bytes: Uint8Array) => () => codec.decode(bytes, { length: 10_000 })
      assert.throws(decode(bomb), { code: 'TOO_LONG' })
      assert.throws(decode(new Uint8Array(20_000)), { code: 'TOO_LONG' })
      assert.throws(decode(Uint8Array.of(2, 0)), { code: 'MALFORMED' })
      assert.throws(decode(new Uint8Array(0)), { code: 'TRUNCATED' })
    })
  })
}
