import { referenceKernels, type Kernels } from '../../protocols/kernels/index.js'
import { KernelError } from './errors.js'
import { createKernels } from './kernels.js'
import type { ModelMemory } from './model-memory.js'
import { SCRATCH_BYTES } from './scratch.js'

/** A region is there for good: peers that share a memory share it too. */
const made = new WeakMap<ModelMemory, Kernels>()

/** The kernels of the calling thread over the memory of models; where they cannot be had, plain code, to the same bits. */
export const kernelsOrPlain = (models: ModelMemory): Kernels => {
  const there = made.get(models)
  if (there) return there
  const kernels = make(models)
  made.set(models, kernels)
  return kernels
}

const make = (models: ModelMemory): Kernels => {
  try {
    const region = models.region(SCRATCH_BYTES)
    return region ? createKernels({ memory: region.memory, pointer: region.block.pointer }) : referenceKernels
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return referenceKernels
  }
}
