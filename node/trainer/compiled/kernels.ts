import type { Arena } from '../../kernels/arena.js'
import { instantiateKernels, loadKernels } from '../../kernels/load.js'

/** What protocols/kernels/assembly/training.ts exports for training. */
export interface TrainingKernels {
  /** @returns 1 when the program ran to its end, 0 when a loss that is not finite stopped it. */
  execute(context: number, program: number, bytes: number): number
  /** 1 when none of the floats is NaN or infinite. */
  allFinite(floats: number, count: number): number
}

/** @throws KernelError NOT_BUILT, UNSUPPORTED */
export const trainingKernels = (arena: Arena): TrainingKernels =>
  instantiateKernels<TrainingKernels>(loadKernels('training'), arena.memory)
