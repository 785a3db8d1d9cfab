import { MurmurationError } from '../../protocols/errors.js'

/** What keeps the bench from measuring, or makes its outcome a bad one. */
export class BenchError extends MurmurationError<
  | 'USAGE'
  /** The file to compare with cannot be read, or is none of ours. */
  | 'BAD_FILE'
  | 'NOT_WRITABLE'
> {}

/** Of the process. Stable: CI branches on these. */
export const exitCodes = { done: 0, groupFailed: 1, usage: 2, fell: 3, interrupted: 130 } as const
