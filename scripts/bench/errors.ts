import { MurmurationError } from '../../protocols/errors.js'

/** What keeps the bench from measuring, or makes its outcome a bad one. */
export class BenchError extends MurmurationError<
  | 'USAGE'
  /** A file that was named cannot be used: to compare with, since it cannot be read or is none of ours; to be written. */
  | 'BAD_FILE'
  /** One of the two runs was quick, and its figures mean nothing. */
  | 'NOT_COMPARABLE'
  | 'NOT_WRITABLE'
> {}

/** Of the process. Stable: CI branches on these. */
export const exitCodes = { done: 0, groupFailed: 1, usage: 2, fell: 3, interrupted: 130 } as const
