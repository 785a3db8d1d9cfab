import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { codecOf } from './all.js'

interface Step {
  readonly version: number
  readonly weights: readonly number[]
  readonly holds?: number
  readonly hex: string
  readonly decoded: readonly number[]
}

/** One source, asked step by step. Compressed bytes are not golden: they may differ from one zlib to the next. */
interface Vector {
  readonly name: string
  readonly codec: string
  readonly steps: readonly Step[]
}

const vectors = JSON.parse(readFileSync('test/vectors/codecs.json', 'utf8')) as readonly Vector[]

describe('the golden bytes', () => {
  for (const { name, codec: spec, steps } of vectors) {
    it(`of ${name} are written and read`, () => {
      const codec = codecOf(spec)
      const source = codec.createSource(steps[0]!.weights.length)
      const known = new Map<number, Float32Array>()
      for (const { version, weights, holds, hex, decoded } of steps) {
        const bytes = source.encode({ version, weights: Float32Array.from(weights) }, holds)
        assert.equal(bytesToHex(bytes), hex)
        const held = holds === undefined ? undefined : { version: holds, weights: known.get(holds)! }
        const result = codec.decode(hexToBytes(hex), { length: weights.length, held })
        assert.deepEqual([...result], decoded)
        known.set(version, result)
      }
    })
  }
})
