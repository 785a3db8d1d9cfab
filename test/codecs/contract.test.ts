import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BLOCK_ELEMENTS, createCodec, type Codec } from '../../protocols/codecs/index.js'
import { entropyStages } from '../../node/entropy/index.js'
import { CodecError } from '../../protocols/errors.js'
import { createRandom } from '../../protocols/random.js'
import { codecs } from './all.js'
import { awkward, gaussian } from './weights.js'

const LENGTHS = [1, 2, 255, 256, 257, 1000, 5003]

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return error.code
  }
  return 'accepted'
}

const blockMaxOf = (weights: Float32Array, index: number): number => {
  const from = index - (index % BLOCK_ELEMENTS)
  let largest = 0
  for (const value of weights.subarray(from, from + BLOCK_ELEMENTS))
    largest = Math.max(largest, Math.abs(value))
  return largest
}

const wholeOf = (codec: Codec, weights: Float32Array): Uint8Array =>
  codec.createSource(weights.length).encode({ version: 1, weights })

for (const codec of codecs) {
  describe(`the codec ${codec.spec}`, () => {
    const samples = [...LENGTHS.map((length) => gaussian(length, codec.spec, length)), awkward]

    it('has a name that makes the same codec', () => {
      assert.equal(createCodec(codec.spec, entropyStages).spec, codec.spec)
    })

    it('keeps every weight of a whole snapshot within the error that it promises', () => {
      for (const weights of samples) {
        const { length } = weights
        const decoded = codec.decode(wholeOf(codec, weights), { length })
        assert.equal(decoded.length, length)
        for (let i = 0; i < length; i++) {
          const off = Math.abs(decoded[i]! - weights[i]!)
          const bound = codec.errorBound(weights[i]!, blockMaxOf(weights, i))
          assert.ok(
            off <= bound,
            `weight ${i}, ${weights[i]}, came as ${decoded[i]}: off by ${off} > ${bound}`,
          )
        }
      }
    })

    it('never writes more bytes than it says, and just as many where it says that it knows', () => {
      for (const weights of samples) {
        const { byteLength } = wholeOf(codec, weights)
        assert.ok(byteLength <= codec.bytesMax(weights.length))
        if (codec.fixedSize) assert.equal(byteLength, codec.bytesMax(weights.length))
      }
    })

    it('follows a model through versions, also for a reader that skips some, one that is new and one that lost all', () => {
      const length = 3000
      const source = codec.createSource(length)
      const weights = gaussian(length, 'follow')
      const readers = [1, 2, 5].map((step) => ({
        step,
        held: undefined as { version: number; weights: Float32Array } | undefined,
      }))
      for (let version = 3; version < 40; version++) {
        const progress = gaussian(length, 'progress', version)
        for (let i = 0; i < length; i++) weights[i]! += 0.1 * progress[i]!
        const copies: Float32Array[] = []
        for (const reader of readers) {
          if (version % reader.step !== 0) continue
          if (version === 20) reader.held = undefined
          const bytes = source.encode(
            { version, weights },
            codec.remembers ? reader.held?.version : undefined,
          )
          const decoded = codec.decode(bytes, { length, held: reader.held })
          reader.held = { version, weights: decoded }
          copies.push(decoded)
        }
        // All who read a version hold the same bits.
        for (const copy of copies) assert.deepEqual(copy, copies[0])
      }
    })

    it('gives everyone who holds the same the same bytes, which later snapshots leave alone', () => {
      const weights = gaussian(600, 'same')
      const source = codec.createSource(600)
      const first = source.encode({ version: 1, weights })
      const kept = first.slice()
      assert.equal(source.encode({ version: 1, weights }), first)
      weights.fill(0.5)
      source.encode({ version: 2, weights }, 1)
      assert.deepEqual(first, kept)
    })

    it('reads from any alignment, and leaves what it reads alone', () => {
      const weights = gaussian(700, 'alignment')
      const bytes = wholeOf(codec, weights)
      for (let shift = 1; shift < 5; shift++) {
        const padded = new Uint8Array(shift + bytes.length)
        padded.set(bytes, shift)
        assert.deepEqual(
          codec.decode(padded.subarray(shift), { length: 700 }),
          codec.decode(bytes, { length: 700 }),
        )
        assert.deepEqual(padded.subarray(shift), bytes)
      }
    })

    it('does not send NaN or an infinity, and goes on with the next snapshot', () => {
      for (const value of [NaN, Infinity, -Infinity]) {
        const source = codec.createSource(300)
        const weights = gaussian(300, 'bad')
        const bad = weights.slice()
        bad[270] = value
        assert.throws(() => source.encode({ version: 1, weights: bad }), {
          code: 'NOT_FINITE',
          details: { index: 270 },
        })
        codec.decode(source.encode({ version: 2, weights }), { length: 300 })
      }
    })

    it('refuses every truncation, anything that follows, and a model of another size', () => {
      const weights = gaussian(300, 'cut')
      const bytes = wholeOf(codec, weights)
      for (let end = 0; end < bytes.length; end++) {
        assert.notEqual(
          codeOf(() => codec.decode(bytes.subarray(0, end), { length: 300 })),
          'accepted',
        )
      }
      const longer = Uint8Array.of(...bytes, 0)
      assert.notEqual(
        codeOf(() => codec.decode(longer, { length: 300 })),
        'accepted',
      )
      for (const length of [299, 301]) {
        assert.notEqual(
          codeOf(() => codec.decode(bytes, { length })),
          'accepted',
        )
      }
    })

    it('throws nothing but CodecError on random bytes and on flipped ones, and gives finite weights where it accepts them', () => {
      const random = createRandom('hostile', codec.spec)
      const length = 40
      const source = codec.createSource(length)
      const weights = gaussian(length, 'flip')
      const whole = source.encode({ version: 1, weights })
      const held = { version: 1, weights: codec.decode(whole, { length }) }
      weights[7]! += 1
      const next = source.encode({ version: 2, weights }, codec.remembers ? 1 : undefined)
      const hostile = (): Uint8Array => {
        const kind = random.below(3)
        if (kind === 0) return Uint8Array.from({ length: random.below(200) }, () => random.below(256))
        const bytes = (kind === 1 ? whole : next).slice()
        for (let flips = 0; flips <= random.below(3); flips++)
          bytes[random.below(bytes.length)] = random.below(256)
        return bytes
      }
      for (let i = 0; i < 5000; i++) {
        const bytes = hostile()
        codeOf(() => {
          const decoded = codec.decode(bytes, { length, held })
          assert.ok(decoded.every(Number.isFinite))
        })
      }
    })
  })
}
