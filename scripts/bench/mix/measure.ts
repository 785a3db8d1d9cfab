import { type Arena, createArena, floatsIn } from '../../../node/kernels/arena.js'
import { createKernels } from '../../../node/kernels/kernels.js'
import { instantiateKernels, loadKernels } from '../../../node/kernels/load.js'
import type { MixingModule } from '../../../node/kernels/mixing-module.js'
import { SCRATCH_BYTES } from '../../../node/kernels/scratch.js'
import { createModelMemory, sharedFloats } from '../../../node/kernels/model-memory.js'
import { createMixer } from '../../../node/trainer/mixer.js'
import { MIXING_BYTES } from '../../../node/trainer/mixing-place.js'
import { average, averagingRule } from '../../../protocols/averaging/index.js'
import { type Int8Chunks, type MixingKernels, referenceKernels } from '../../../protocols/kernels/index.js'
import { createLayout, type Layout } from '../../../protocols/model/index.js'
import { createRandom } from '../../../protocols/random.js'
import { mediansMs } from './medians.js'

/** Models that are mixed, the own one among them. */
export const MODELS = 4
/** Elements that share a scale. */
const CHUNK = 1024
/** The default of runs: how much of the own progress since then a stale model is given. */
const CATCH_UP = 0.75

interface Vectors {
  readonly models: readonly Float32Array[]
  readonly out: Float32Array
}

const randomFloats = (length: number, seed: number): Float32Array => {
  const random = createRandom(seed, 'bench')
  return Float32Array.from({ length }, () => random.next() - 0.5)
}

/** Milliseconds of each way to mix models of so many floats, and of copying one, medians. */
export const measure = (length: number, repeats: number) => {
  const arena = createArena()
  const { pointer } = arena.allocate(SCRATCH_BYTES)
  const kernels = createKernels({ memory: arena.memory, pointer })
  const models = Array.from({ length: MODELS }, (_, k) => randomFloats(length, k))
  const vectors = (place: (length: number) => Float32Array): Vectors => ({
    models: models.map((model) => {
      const copy = place(length)
      copy.set(model)
      return copy
    }),
    out: place(length),
  })
  const inArena = vectors(() => floatsIn(arena.memory, arena.allocate(length * 4)))
  const shared = vectors(sharedFloats)
  const layout = createLayout([{ name: 'kernel', shape: [length / 100, 100], kind: 'kernel' }])
  const mixing = (rule: string, { models, out }: Vectors, by: MixingKernels) => {
    const contributions = models.map((weights, k) => ({ from: `p${k}`, weights, weight: 1 / MODELS }))
    return () => average({ rule: averagingRule(rule), layout, contributions, out, kernels: by })
  }
  const chunks = chunksIn(arena, length)
  kernels.quantiseInt8(inArena.models[0]!, chunks)
  return mediansMs(
    {
      ...copies(arena, { inArena, unshared: models[0]! }),
      corrected: mixing('variance-corrected', inArena, kernels),
      staged: mixing('variance-corrected', shared, kernels),
      ...asPeers(layout, vectors),
      mean: mixing('mean', inArena, kernels),
      plain: mixing('variance-corrected', shared, referenceKernels),
      accumulate: () => kernels.axpy(inArena.out, inArena.models[1]!, 1e-6),
      accumulateInt8: () => kernels.accumulateInt8(inArena.out, chunks, 1e-6),
    },
    repeats,
  )
}

/**
 * What bandwidth is judged by: `memory.copy` in the kernels' memory, and the C library's own between buffers that no threads
 * share. Not `TypedArray.set` on shared memory, which V8 copies word by word (0.95 of either, measured).
 */
const copies = (
  { memory }: Arena,
  { inArena, unshared }: { readonly inArena: Vectors; readonly unshared: Float32Array },
) => {
  const module = instantiateKernels<MixingModule>(loadKernels('mixing'), memory)
  const [from, to] = [inArena.models[0]!, inArena.out]
  const elsewhere = new Float32Array(unshared.length).fill(1)
  return {
    memoryCopy: () => module.copy(to.byteOffset, from.byteOffset, to.length),
    unsharedSet: () => elsewhere.set(unshared),
  }
}

/** What the thread of a trainer does: everything lies in the memory of the process's models, its own region is there too. */
const asPeers = (layout: Layout, vectors: (place: (length: number) => Float32Array) => Vectors) => {
  const memory = createModelMemory()
  const mixer = createMixer(layout, memory.region(MIXING_BYTES))
  // Peers' results take places that models have left, which were written before as this one is.
  const { models, out: into } = vectors((length) => memory.vector(length))
  const [now] = models
  // Any weights of the past; those of another model will do.
  const past = (k: number) => models[(k + 1) % MODELS]!
  const mixed = (isDated: boolean) => {
    const contributions = models.map((weights, k) => {
      const one = { from: `p${k}`, weights, weight: 1 / MODELS }
      return isDated && k > 0 ? { ...one, since: past(k) } : one
    })
    const catchUp = { now: now!, fraction: CATCH_UP }
    return () => mixer.mix({ rule: 'variance-corrected', contributions, catchUp, into })
  }
  return { peers: mixed(false), peersDated: mixed(true) }
}

const chunksIn = (arena: Arena, length: number): Int8Chunks => {
  const { pointer } = arena.allocate(length)
  return {
    values: new Int8Array(arena.memory.buffer, pointer, length),
    scales: floatsIn(arena.memory, arena.allocate(Math.ceil(length / CHUNK) * 4)),
    chunk: CHUNK,
  }
}
