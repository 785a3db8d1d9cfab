import { MurmurationError } from '../../protocols/errors.js'

export type KernelErrorCode =
  /** No room for a block; nothing changed. */
  | 'ARENA_FULL'
  /** Our own mistake: a block freed twice. */
  | 'NOT_ALLOCATED'
  /** The package lacks its compiled kernels. */
  | 'NOT_BUILT'
  /** This machine's WebAssembly lacks what they need. */
  | 'UNSUPPORTED'

export class KernelError extends MurmurationError<KernelErrorCode> {}
