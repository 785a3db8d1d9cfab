/**
 * What the entropy stages make of encoded weights: bytes a weight, and time in both directions. The weights are about
 * normal, as those of a trained layer are; the model's changes between two versions likewise.
 *   npx tsx scripts/experiments/codecs/entropy.ts
 */
import { brotliCompressSync, constants, deflateRawSync } from 'node:zlib'
import { createCodec } from '../../../protocols/codecs/index.js'
import { createRandom } from '../../../protocols/random.js'
import { entropyStages } from '../../../node/entropy/index.js'
import { row } from '../run-grid.js'

const LENGTH = 1_000_000
const REPEATS = 5

const random = createRandom('entropy')
const normal = (): number => {
  let sum = -6
  for (let k = 0; k < 12; k++) sum += random.next()
  return sum
}
const weights = Float32Array.from({ length: LENGTH }, () => 0.05 * normal())
const next = weights.map((weight) => weight + 0.002 * normal())

const msOf = <T>(run: () => T): number => {
  const times = Array.from({ length: REPEATS }, () => {
    const startedMs = performance.now()
    run()
    return performance.now() - startedMs
  })
  return times.sort((a, b) => a - b)[REPEATS >> 1]!
}

console.log(row('codec', 'bytes a weight', 'pack, ms a million weights', 'unpack'))
console.log(row('---', '---', '---', '---'))
for (const spec of ['float32', 'float16', 'int8', 'top-k:0.1']) {
  const codec = createCodec(spec, entropyStages)
  const source = codec.createSource(LENGTH)
  const whole = source.encode({ version: 1, weights })
  const bytes = codec.remembers ? source.encode({ version: 2, weights: next }, 1) : whole
  console.log(row(spec, (bytes.byteLength / LENGTH).toFixed(3), '', ''))
  for (const stage of entropyStages.stages) {
    const packed = stage.pack(bytes)
    const each = (packed.byteLength / LENGTH).toFixed(3)
    const unpackMs = msOf(() => stage.unpack(packed, bytes.byteLength))
    console.log(
      row(`${spec}+${stage.name}`, each, msOf(() => stage.pack(bytes)).toFixed(0), unpackMs.toFixed(0)),
    )
  }
}

const int8 = createCodec('int8', entropyStages).createSource(LENGTH).encode({ version: 1, weights })
const level = (name: string, pack: () => Uint8Array): void =>
  console.log(row(name, (pack().byteLength / LENGTH).toFixed(3), msOf(pack).toFixed(0)))
console.log('\nLevels, for int8:\n')
console.log(row('level', 'bytes a weight', 'pack, ms'))
console.log(row('---', '---', '---'))
for (const at of [1, 6, 9]) level(`zlib ${at}`, () => deflateRawSync(int8, { level: at }))
for (const quality of [1, 4, 6, 9]) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality }
  level(`brotli ${quality}`, () => brotliCompressSync(int8, { params }))
}
