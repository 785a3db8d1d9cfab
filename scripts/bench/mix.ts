import { type Arena, createArena, floatsIn } from '../../node/kernels/arena.js'
import { createKernels } from '../../node/kernels/kernels.js'
import { SCRATCH_BYTES } from '../../node/kernels/scratch.js'
import { average, averagingRule } from '../../protocols/averaging/index.js'
import { type Int8Chunks, type MixingKernels, referenceKernels } from '../../protocols/kernels/index.js'
import { createLayout } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import type { BenchGroup, BenchResult } from './contract.js'

const MODELS = 4
/** Elements that share a scale. */
const CHUNK = 1024
/** In favour of the memory: each figure is the median of so many, taken in turns with its reference. */
const REPEATS = 11

/** Milliseconds of each, medians, taken in turns so that a slow moment of the machine meets all. */
const mediansMs = <Name extends string>(
  runs: Readonly<Record<Name, () => void>>,
  repeats: number,
): Readonly<Record<Name, number>> => {
  const names = Object.keys(runs) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let turn = -1; turn < repeats; turn++) {
    for (const name of names) {
      const began = performance.now()
      runs[name]()
      // The first turn compiles.
      if (turn >= 0) times.get(name)!.push(performance.now() - began)
    }
  }
  const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1]!
  return Object.fromEntries(
    names.map((name) => [name, median(times.get(name)!.sort((a, b) => a - b))]),
  ) as Record<Name, number>
}

const randomFloats = (length: number, seed: number): Float32Array => {
  const random = createRandom(seed, 'bench')
  return Float32Array.from({ length }, () => random.next() - 0.5)
}

/** Vectors in the arena, four models and an output, and the same in shared memory of their own. */
const createVectors = (arena: Arena, length: number) => {
  const inArena = () => floatsIn(arena.memory, arena.allocate(length * Float32Array.BYTES_PER_ELEMENT))
  const outside = () => new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT))
  const models = Array.from({ length: MODELS }, (_, k) => randomFloats(length, k))
  const copies = (place: () => Float32Array) =>
    models.map((model) => {
      const copy = place()
      copy.set(model)
      return copy
    })
  const block = arena.allocate(length)
  const chunks: Int8Chunks = {
    values: new Int8Array(arena.memory.buffer, block.pointer, length),
    scales: floatsIn(arena.memory, arena.allocate(Math.ceil(length / CHUNK) * 4)),
    chunk: CHUNK,
  }
  return {
    kernel: { models: copies(inArena), out: inArena() },
    shared: { models: copies(outside), out: outside() },
    chunks,
  }
}

const measure = (length: number, repeats: number) => {
  const arena = createArena()
  const kernels = createKernels({
    memory: arena.memory,
    pointer: arena.allocate(SCRATCH_BYTES).pointer,
  })
  const { kernel, shared, chunks } = createVectors(arena, length)
  const layout = createLayout([{ name: 'kernel', shape: [length / 100, 100], kind: 'kernel' }])
  const mixing = (
    rule: string,
    { models, out }: { readonly models: readonly Float32Array[]; readonly out: Float32Array },
    by: MixingKernels,
  ) => {
    const contributions = models.map((weights, k) => ({ from: `p${k}`, weights, weight: 1 / MODELS }))
    return () => average({ rule: averagingRule(rule), layout, contributions, out, kernels: by })
  }
  kernels.quantiseInt8(kernel.models[0]!, chunks)
  return mediansMs(
    {
      memcpy: () => kernel.out.set(kernel.models[0]!),
      corrected: mixing('variance-corrected', kernel, kernels),
      staged: mixing('variance-corrected', shared, kernels),
      mean: mixing('mean', kernel, kernels),
      plain: mixing('variance-corrected', shared, referenceKernels),
      accumulate: () => kernels.axpy(kernel.out, kernel.models[1]!, 1e-6),
      accumulateInt8: () => kernels.accumulateInt8(kernel.out, chunks, 1e-6),
    },
    repeats,
  )
}

const table = (ms: ReturnType<typeof measure>, length: number): BenchResult[] => {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT
  const bandwidth = (passes: number, took: number): number => (passes * bytes) / took / 1e6
  const group = 'mix'
  const goalOf = (ratio: number, least: number) => ({ ratio, goal: `≥ ${least} ×`, met: ratio >= least })
  // Read once and written once.
  const copy = bandwidth(2, ms.memcpy)
  // Four models read, the sum written, read and written again.
  const traffic = MODELS + 1 + 2
  const ofCopy = (name: string, passes: number, took: number) => {
    const value = bandwidth(passes, took)
    return { group, name, value, unit: 'GB/s', reference: copy, ratio: value / copy }
  }
  const rate = (took: number): number => length / took / 1e3
  const int8 = {
    value: rate(ms.accumulateInt8),
    reference: rate(ms.accumulate),
    ratio: ms.accumulate / ms.accumulateInt8,
  }
  const against = (name: string, took: number): BenchResult => ({
    ...{ group, name, value: took, unit: 'ms', reference: ms.plain, ratio: ms.plain / took },
    ...{ goal: null, met: null },
  })
  const corrected = ofCopy('variance-corrected mean against memcpy', traffic, ms.corrected)
  const staged = ofCopy('the same, models outside kernel memory', traffic, ms.staged)
  const mean = ofCopy('mean against memcpy', MODELS + 1, ms.mean)
  return [
    { ...corrected, ...goalOf(corrected.ratio, 0.6) },
    { ...staged, goal: null, met: null },
    { ...mean, goal: null, met: null },
    {
      group,
      name: 'int8 accumulate against float32',
      unit: 'M elements/s',
      ...int8,
      ...goalOf(int8.ratio, 1),
    },
    against('variance-corrected mean against plain TypeScript', ms.corrected),
    against('the same, models outside kernel memory, against plain', ms.staged),
  ]
}

/** Four models of ten million floats are mixed, in the memory that kernels work on and outside it. */
export const mix: BenchGroup = {
  name: 'mix',
  summary: 'averaging four models of 10 M floats: bandwidth against memcpy, int8 against float32',
  run({ quick, tell, signal }) {
    signal.throwIfAborted()
    const length = quick ? 10_000 : 10_000_000
    tell(`mixing ${MODELS} models of ${length} floats`)
    return Promise.resolve(table(measure(length, quick ? 1 : REPEATS), length))
  },
}
