/**
 * What it costs to encode a million weights and to decode them again, which is where `auto` begins before it has measured.
 *   npx tsx scripts/experiments/codecs/times.ts
 */
import { createCodec } from '../../../protocols/codecs/index.js'
import { createRandom } from '../../../protocols/random.js'
import { entropyStages } from '../../../node/entropy/index.js'
import { row } from '../run-grid.js'

const LENGTH = 1_000_000
const REPEATS = 9

const random = createRandom('times')
const weights = Float32Array.from({ length: LENGTH }, () => 0.1 * (random.next() - 0.5))

const medianMs = (run: (repeat: number) => unknown): number => {
  const times = Array.from({ length: REPEATS }, (_, repeat) => {
    const startedMs = performance.now()
    run(repeat)
    return performance.now() - startedMs
  })
  return times.sort((a, b) => a - b)[REPEATS >> 1]!
}

console.log(row('codec', 'bytes a weight', 'encoding, ms', 'decoding, ms'))
console.log(row('---', '---', '---', '---'))
for (const spec of ['float32', 'float16', 'int8']) {
  const codec = createCodec(spec, entropyStages)
  const source = codec.createSource(LENGTH)
  const encodeMs = medianMs((version) => source.encode({ version, weights }))
  const bytes = source.encode({ version: REPEATS, weights })
  const decodeMs = medianMs(() => codec.decode(bytes, { length: LENGTH }))
  console.log(row(spec, (bytes.byteLength / LENGTH).toFixed(3), encodeMs.toFixed(1), decodeMs.toFixed(1)))
}
