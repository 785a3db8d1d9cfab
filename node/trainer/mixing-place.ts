import { type MixingKernels, referenceKernels } from '../../protocols/kernels/index.js'
import { createArena } from '../kernels/arena.js'
import { KernelError } from '../kernels/errors.js'
import { createKernels } from '../kernels/kernels.js'
import type { Region } from '../kernels/model-memory.js'
import { SCRATCH_BYTES } from '../kernels/scratch.js'

/**
 * Bytes of vectors that a mix may use meanwhile. Guess: little beside a process of 140 MB, of which what is not used takes addresses
 * only.
 */
const ROOM_BYTES = 64 * 2 ** 20
/** Bytes of a region to mix in. */
export const MIXING_BYTES = SCRATCH_BYTES + ROOM_BYTES

/** What one thread mixes with. */
export interface MixingPlace {
  readonly kernels: MixingKernels
  /** The memory that they reach without copies; plain code has none. */
  readonly memory: WebAssembly.Memory | undefined
  /** Room there for vectors of the moment: its address and size. */
  readonly room: { readonly pointer: number; readonly bytes: number }
}

/**
 * WebAssembly kernels in the region, or in a memory of their own; where they cannot be had, plain code, which gives the same bits about ten times
 * slower (`npm run bench -- mix`), and a warning of the process says so.
 */
export const openMixingPlace = (given: Region | undefined): MixingPlace => {
  try {
    const { memory, block } = given ?? ownRegion()
    const { pointer } = block
    const room = { pointer: pointer + SCRATCH_BYTES, bytes: block.bytes - SCRATCH_BYTES }
    return { kernels: createKernels({ memory, pointer }), memory, room }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.emitWarning(`models are mixed in plain code, to the same bits but slower: ${error.message}`, {
      code: error.code,
    })
    return { kernels: referenceKernels, memory: undefined, room: { pointer: 0, bytes: 0 } }
  }
}

const ownRegion = (): Region => {
  const arena = createArena()
  return { memory: arena.memory, block: arena.allocate(MIXING_BYTES) }
}
