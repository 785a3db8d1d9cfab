/**
 * How long the wire's codecs take with kernels, as peers run them, beside plain TypeScript, in turns:
 *
 *     npm run build && npx tsx scripts/codec-kernels.ts
 */
import { entropyStages } from '../node/entropy/index.js'
import { fasterWith } from '../node/codecs/faster.js'
import { createKernels } from '../node/kernels/kernels.js'
import { createCodec } from '../protocols/codecs/index.js'
import { createRandom } from '../protocols/random.js'
import { median } from './bench/median.js'

const LENGTH = 2_500_000
const TURNS = 9

const random = createRandom('codec kernels')
const weights = Float32Array.from({ length: LENGTH }, () => 0.1 * (random.next() - 0.5))
const faster = fasterWith(createKernels())

const runsOf = (spec: string, how: string, of?: typeof faster) => {
  const codec = createCodec(spec, entropyStages, of)
  const source = codec.createSource(LENGTH)
  let version = 0
  let bytes: Uint8Array = new Uint8Array()
  return {
    [`${spec} encode, ${how}`]: () => void (bytes = source.encode({ version: ++version, weights })),
    [`${spec} decode, ${how}`]: () => void codec.decode(bytes, { length: LENGTH, held: undefined }),
  }
}

const runs: Readonly<Record<string, () => void>> = Object.assign(
  {},
  ...['int8', 'float16'].flatMap((spec) => [runsOf(spec, 'plain'), runsOf(spec, 'kernels', faster)]),
) as Record<string, () => void>

const taken = new Map<string, number[]>(Object.keys(runs).map((name) => [name, []]))
// The first turn compiles.
for (let turn = -1; turn < TURNS; turn++) {
  for (const [name, run] of Object.entries(runs)) {
    const beganMs = performance.now()
    run()
    if (turn >= 0) taken.get(name)!.push(performance.now() - beganMs)
  }
}
for (const [name, times] of taken) console.log(`${name.padEnd(22)} ${median(times).toFixed(1)} ms`)
