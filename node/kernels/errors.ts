import { MurmurationError } from '../../protocols/errors.js'

export type KernelErrorCode =
  /** No room for a block; nothing changed. */
  | 'ARENA_FULL'
  /** The system refuses to reserve addresses for a memory; there is none then. */
  | 'NO_MEMORY'
  /** Our own mistake: a block freed twice, or a stranger's. */
  | 'NOT_ALLOCATED'
  /** The package lacks its compiled kernels. */
  | 'NOT_BUILT'
  /** This machine's WebAssembly lacks what they need. */
  | 'UNSUPPORTED'

export class KernelError extends MurmurationError<KernelErrorCode> {}
