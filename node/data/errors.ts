import { MurmurationError } from '../../protocols/errors.js'

/**
 * A dataset that cannot be read, or a partition of it that cannot be made. Nothing has been written and nothing is
 * half loaded: after changing what the message names, the same call may be repeated.
 */
export class DatasetError extends MurmurationError<
  /** A file or folder is not there. */
  | 'NOT_FOUND'
  /** It is there, and reading it failed. */
  | 'UNREADABLE'
  /** It ends before the data that its header announces. */
  | 'TRUNCATED'
  /** It is not in the format, or contradicts itself or its partner file. */
  | 'MALFORMED'
  /** A label that the classes do not cover. */
  | 'LABEL_OUT_OF_RANGE'
  /** Fewer examples than what was asked for needs. */
  | 'TOO_FEW_EXAMPLES'
  /** A partition that is unknown, ill-specified or impossible for these classes. */
  | 'BAD_PARTITION'
  /** A data source that is unknown or ill-specified. */
  | 'UNKNOWN_SOURCE'
> {}
