import type { BenchGroup, BenchResult } from './contract.js'
import { measure, MODELS } from './mix/measure.js'

/** In favour of the memory: each figure is the median of so many, taken in turns with its reference. */
const REPEATS = 11

const group = 'mix'
const noGoal = { goal: null, met: null }

const table = (ms: ReturnType<typeof measure>, length: number): BenchResult[] => {
  const bandwidth = (passes: number, took: number): number =>
    (passes * length * Float32Array.BYTES_PER_ELEMENT) / took / 1e6
  // Read once and written once.
  const copying = (took: number): number => bandwidth(2, took)
  const fastest = copying(Math.min(ms.memoryCopy, ms.unsharedSet))
  const ofCopy = (name: string, passes: number, took: number) => {
    const value = bandwidth(passes, took)
    return { ...{ group, name, value, unit: 'GB/s', reference: fastest, ratio: value / fastest }, ...noGoal }
  }
  const against = (name: string, took: number): BenchResult => ({
    ...{ group, name, value: took, unit: 'ms', reference: ms.plain, ratio: ms.plain / took },
    ...noGoal,
  })
  // Four models read, the sum written, read and written again.
  const traffic = MODELS + 1 + 2
  // And for all but the own one, the own weights of then.
  const datedTraffic = traffic + MODELS - 1
  return [
    {
      ...{ group, name: 'memory.copy in kernel memory against TypedArray.set on unshared buffers' },
      ...{ value: copying(ms.memoryCopy), unit: 'GB/s' },
      ...{ reference: copying(ms.unsharedSet), ratio: ms.unsharedSet / ms.memoryCopy },
      ...noGoal,
    },
    judged(ofCopy('variance-corrected mean against the fastest copy', traffic, ms.corrected), 0.6),
    ofCopy('the same, models outside kernel memory', traffic, ms.staged),
    ofCopy('the same, as peers mix', traffic, ms.peers),
    ofCopy('the same, as peers mix, stale models brought up to date', datedTraffic, ms.peersDated),
    ofCopy('mean against the fastest copy', MODELS + 1, ms.mean),
    judged(int8(ms, length), 1),
    against('variance-corrected mean against plain TypeScript', ms.corrected),
    against('the same, models outside kernel memory, against plain', ms.staged),
  ]
}

const int8 = (
  { accumulate, accumulateInt8 }: Readonly<Record<'accumulate' | 'accumulateInt8', number>>,
  length: number,
) => {
  const rate = (took: number): number => length / took / 1e3
  return {
    ...{ group, name: 'int8 accumulate against float32', value: rate(accumulateInt8), unit: 'M elements/s' },
    ...{ reference: rate(accumulate), ratio: accumulate / accumulateInt8 },
    ...noGoal,
  }
}

const judged = (line: BenchResult & { readonly ratio: number }, least: number): BenchResult => ({
  ...line,
  goal: `≥ ${least} ×`,
  met: line.ratio >= least,
})

/** Four models of ten million floats are mixed: in the memory that kernels work on, outside it, and as peers do. */
export const mix: BenchGroup = {
  name: group,
  summary: 'averaging four models of 10 M floats: bandwidth against the fastest copy, int8 against float32',
  run({ quick, tell, signal }) {
    signal.throwIfAborted()
    const length = quick ? 10_000 : 10_000_000
    tell(`mixing ${MODELS} models of ${length} floats`)
    return Promise.resolve(table(measure(length, quick ? 1 : REPEATS), length))
  },
}
