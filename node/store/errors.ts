import { MurmurationError, reasonOf } from '../../protocols/errors.js'

export type StoreErrorCode =
  /** The place can't be written: read-only, not permitted, or a file where a folder is needed. */
  | 'NOT_WRITABLE'
  /** No room, or a quota or file size limit was reached. */
  | 'DISK_FULL'
  /** The device failed, or the operating system reported something else. */
  | 'WRITE_FAILED'
  | 'NOT_FOUND'
  /** It is there and can't be read. */
  | 'UNREADABLE'
  /** It ends before the bytes that it announces. */
  | 'TRUNCATED'
  /** Larger than a bound of ours. */
  | 'TOO_LARGE'
  /** Not what it should be. */
  | 'MALFORMED'
  | 'NOT_FINITE'
  /** A good model, of another shape than the one asked for. */
  | 'LAYOUT_MISMATCH'
  /** A good model that lacks what its batch normalisation needs to be evaluated. */
  | 'NO_STATISTICS'

/** Files that can't be written, read or understood. */
export class StoreError extends MurmurationError<StoreErrorCode> {}

const WRITE_CODES: Readonly<Record<string, StoreErrorCode>> = {
  EROFS: 'NOT_WRITABLE',
  EACCES: 'NOT_WRITABLE',
  EPERM: 'NOT_WRITABLE',
  ENOTDIR: 'NOT_WRITABLE',
  EISDIR: 'NOT_WRITABLE',
  EEXIST: 'NOT_WRITABLE',
  // After the folder was made: a file system that refuses new files, such as /proc, or a dangling link.
  ENOENT: 'NOT_WRITABLE',
  ELOOP: 'NOT_WRITABLE',
  ENAMETOOLONG: 'NOT_WRITABLE',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EFBIG: 'DISK_FULL',
}

const WRITE_ADVICE: Readonly<Partial<Record<StoreErrorCode, string>>> = {
  NOT_WRITABLE: 'Choose a folder that you may write to.',
  DISK_FULL: 'Free some space or choose another disk, then try again.',
  WRITE_FAILED: 'Check the disk, then try again.',
}

/** The StoreError for what the operating system said about writing `path`; a StoreError stays what it is. */
export const writeFailure = (path: string, error: unknown): StoreError => {
  if (error instanceof StoreError) return error
  const errno = errnoOf(error)
  const code = WRITE_CODES[errno] ?? 'WRITE_FAILED'
  return new StoreError(
    code,
    `cannot write ${path} (${reasonOf(error)}). Nothing was half-written: what was there before is unchanged. ` +
      WRITE_ADVICE[code],
    { path, errno },
    { cause: error },
  )
}

/** The StoreError for what the operating system said about reading `path`; a StoreError stays what it is. */
export const readFailure = (path: string, error: unknown): StoreError => {
  if (error instanceof StoreError) return error
  const errno = errnoOf(error)
  const missing = errno === 'ENOENT' || errno === 'ENOTDIR'
  return new StoreError(
    missing ? 'NOT_FOUND' : 'UNREADABLE',
    `cannot read ${path} (${reasonOf(error)}). Nothing was changed. ` +
      (missing ? 'Check the path.' : 'Check that it is a file and that you may read it.'),
    { path, errno },
    { cause: error },
  )
}

/** `ENOSPC` and the like; empty when the error has none. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
