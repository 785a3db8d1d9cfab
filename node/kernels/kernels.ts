import type { Kernels } from '../../protocols/kernels/index.js'
import { createArena } from './arena.js'
import { createCodecs } from './codecs.js'
import { instantiateKernels, loadKernels } from './load.js'
import { createMixing } from './mixing.js'
import type { MixingModule } from './mixing-module.js'
import { scratchAt, SCRATCH_BYTES } from './scratch.js'
import { createSketches } from './sketches.js'
import { createVectors } from './vectors.js'

/**
 * The kernels of mixing, of codecs and of sketches, for the calling thread. Vectors may lie anywhere; those in `memory` are worked on where
 * they are, others are staged block by block.
 * @param memory in which weights may lie. @param pointer of SCRATCH_BYTES there, which this thread has to itself.
 *   Without both, the kernels have a memory of their own.
 * @throws KernelError NOT_BUILT, UNSUPPORTED
 */
export const createKernels = (
  place: { readonly memory: WebAssembly.Memory; readonly pointer: number } = ownPlace(),
): Kernels => {
  const module = instantiateKernels<MixingModule>(loadKernels('mixing'), place.memory)
  const scratch = scratchAt(place.memory, place.pointer)
  return {
    ...createMixing(module, scratch),
    ...createVectors(module, scratch),
    ...createCodecs(module, scratch),
    ...createSketches(module, scratch),
  }
}

const ownPlace = () => {
  const arena = createArena()
  return { memory: arena.memory, pointer: arena.allocate(SCRATCH_BYTES).pointer }
}
