import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fasterWith } from '../../node/codecs/faster.js'
import { entropyStages } from '../../node/entropy/index.js'
import { createKernels } from '../../node/kernels/kernels.js'
import { createCodec } from '../../protocols/codecs/index.js'
import { referenceKernels } from '../../protocols/kernels/index.js'
import { bitsOf, KINDS, LENGTHS, randomVector } from '../kernels/vectors.js'

const all = { WebAssembly: createKernels(), 'plain code': referenceKernels }

for (const [name, kernels] of Object.entries(all)) {
  for (const spec of ['int8', 'float16', 'int8+zlib']) {
    describe(`${spec} with kernels in ${name}`, () => {
      const faster = createCodec(spec, entropyStages, fasterWith(kernels))
      const plain = createCodec(spec, entropyStages)
      const encoded = (codec: typeof plain, weights: Float32Array): Uint8Array =>
        codec.createSource(weights.length).encode({ version: 1, weights })

      for (const kind of KINDS) {
        it(`writes the bytes and reads the weights of plain code: ${kind} values`, () => {
          for (const length of [...LENGTHS, 700]) {
            const weights = randomVector(length, 7, kind).map((x) => (Number.isFinite(x) ? x : 0))
            const bytes = encoded(plain, weights)
            assert.deepEqual(encoded(faster, weights), bytes)
            const options = { length, held: undefined }
            assert.deepEqual(
              bitsOf(faster.decode(bytes.slice(), options)),
              bitsOf(plain.decode(bytes.slice(), options)),
            )
          }
        })
      }
      it('agrees where a quotient is halfway between two steps, and where magnitudes need a scale of their own', () => {
        for (const weights of [
          Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5),
          Float32Array.of(3.4028234663852886e38, 1, -3.4028234663852886e38),
          Float32Array.from({ length: 600 }, (_, i) => (i === 300 ? 70_000 : i / 600)),
        ])
          assert.deepEqual(encoded(faster, weights), encoded(plain, weights))
      })
      it('refuses what plain code refuses', () => {
        const complaint = (run: () => unknown): unknown => {
          try {
            run()
          } catch (error) {
            return error
          }
          return undefined
        }
        const weights = Float32Array.of(1, NaN, Infinity)
        assert.deepEqual(
          complaint(() => encoded(faster, weights)),
          complaint(() => encoded(plain, weights)),
        )
        const good = encoded(plain, new Float32Array(300).fill(1))
        // A step of −128; an infinity. Compressed, it is for the stage to notice.
        const last = spec === 'float16' ? 0x7c : 0x80
        const ended = good.map((byte, i) => (i === good.length - 1 ? last : byte))
        const wrong = [good.slice(1), good.map(() => 0xff), good.map(() => 0x80), ended]
        for (const bytes of wrong) {
          const options = { length: 300, held: undefined }
          const expected = complaint(() => plain.decode(bytes, options))
          assert.ok(expected !== undefined || spec.includes('+'))
          assert.deepEqual(
            complaint(() => faster.decode(bytes, options)),
            expected,
          )
        }
      })
    })
  }
}
