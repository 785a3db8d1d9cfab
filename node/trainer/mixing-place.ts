import { type MixingKernels, referenceKernels } from '../../protocols/kernels/index.js'
import { type Arena, createArena } from '../kernels/arena.js'
import { KernelError } from '../kernels/errors.js'
import { createKernels } from '../kernels/kernels.js'
import { SCRATCH_BYTES } from '../kernels/scratch.js'

/** What one thread mixes with. */
export interface MixingPlace {
  readonly kernels: MixingKernels
  /** The memory that they work in; plain code has none. */
  readonly arena: Arena | undefined
}

/**
 * WebAssembly kernels with a memory of their own; where they cannot be had, plain code, which gives the same bits about ten times
 * slower (`npm run bench -- mix`), and a warning of the process says so.
 */
export const openMixingPlace = (): MixingPlace => {
  try {
    const arena = createArena()
    const { pointer } = arena.allocate(SCRATCH_BYTES)
    return { arena, kernels: createKernels({ memory: arena.memory, pointer }) }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.emitWarning(`models are mixed in plain code, to the same bits but slower: ${error.message}`, {
      code: error.code,
    })
    return { arena: undefined, kernels: referenceKernels }
  }
}
