/**
 * What a million weights cost to encode, hashing of what comes out included, and to decode again, as the thread that encodes
 * does it, with kernels and in plain code, in turns. With kernels is where `auto` begins before it has measured.
 *   npm run build && npx tsx scripts/experiments/codecs/times.ts
 */
import { createKernels } from '../../../node/kernels/kernels.js'
import { fasterWith } from '../../../node/codecs/faster.js'
import { createHost } from '../../../node/codecs/host.js'
import { describeBytes } from '../../../node/network/index.js'
import { createRandom } from '../../../protocols/random.js'
import { median } from '../../bench/median.js'
import { row } from '../run-grid.js'

const LENGTH = 1_000_000
const TURNS = 25

const random = createRandom('times')
const weights = Float32Array.from({ length: LENGTH }, () => 0.1 * (random.next() - 0.5))

const into = new Float32Array(new SharedArrayBuffer(weights.byteLength))

const contestant = (spec: string, how: string, perform: ReturnType<typeof createHost>) => {
  const [encodeMs, decodeMs]: [number[], number[]] = [[], []]
  let version = 0
  return {
    ...{ spec, how, encodeMs, decodeMs },
    async run(): Promise<number> {
      const startedMs = performance.now()
      const encode = { kind: 'encode', spec, version: ++version, weights, held: undefined } as const
      const bytes = perform(encode).value as Uint8Array<ArrayBuffer>
      await describeBytes(bytes)
      const encodedMs = performance.now()
      perform({ kind: 'decode', spec, bytes, into, held: undefined })
      encodeMs.push(encodedMs - startedMs)
      decodeMs.push(performance.now() - encodedMs)
      return bytes.byteLength
    },
  }
}

const kernels = createHost(fasterWith(createKernels()))
const plain = createHost((codec) => codec)
const contestants = ['float16', 'int8'].flatMap((spec) => [
  contestant(spec, 'kernels', kernels),
  contestant(spec, 'plain', plain),
])
const bytes = new Map<string, number>()
for (let turn = 0; turn < TURNS; turn++)
  for (const each of contestants) bytes.set(each.spec, await each.run())

console.log(row('codec', '', 'bytes a weight', 'encoding, ms', 'decoding, ms'))
console.log(row('---', '---', '---', '---', '---'))
for (const { spec, how, encodeMs, decodeMs } of contestants) {
  const times = [encodeMs, decodeMs].map((taken) => median(taken).toFixed(1))
  console.log(row(spec, how, (bytes.get(spec)! / LENGTH).toFixed(3), ...times))
}
