import { isMurmurationError, MurmurationError } from '../../protocols/errors.js'

/** Stable: scripts branch on these. Listed in the README. */
export const USAGE = 2
export const INTERRUPTED = 130
const BUG = 1

/** By class and code; a class alone stands for its codes that are not listed. */
const exitCodes: Readonly<Record<string, number>> = {
  CliError: 8,
  'CliError.USAGE': USAGE,
  'CliError.NOTHING_FOUND': 9,
  'CliError.FOLDER_IN_USE': 18,
  'CliError.CELLS_FAILED': 19,
  'CliError.PEER_DIED': 60,
  Interrupted: INTERRUPTED,
  ConfigError: 3,
  'ConfigError.UNKNOWN_KEY': 4,
  'ConfigError.UNREADABLE': 5,
  AveragingError: 3,
  TopologyError: 6,
  ModelError: 7,

  DatasetError: 10,
  'DatasetError.NOT_FOUND': 11,
  'DatasetError.TRUNCATED': 12,
  'DatasetError.LABEL_OUT_OF_RANGE': 13,
  'DatasetError.TOO_FEW_EXAMPLES': 14,
  'DatasetError.BAD_PARTITION': 15,
  'DatasetError.UNKNOWN_SOURCE': 16,
  'PeerError.FOREIGN_EXAMPLES': 17,

  NetworkError: 20,
  'NetworkError.ADDRESS_IN_USE': 21,
  'NetworkError.BAD_ADDRESS': 22,
  'NetworkError.UNREACHABLE': 23,
  'NetworkError.FOREIGN_RUN': 24,
  'NetworkError.FOREIGN_LAYOUT': 25,
  'NetworkError.TIMED_OUT': 26,
  'NetworkError.REFUSED': 27,
  WireError: 28,
  'WireError.NOT_FINITE': 29,
  'WireError.FRAME_TOO_LARGE': 30,

  StoreError: 40,
  'StoreError.NOT_WRITABLE': 41,
  'StoreError.DISK_FULL': 42,
  'StoreError.NOT_FOUND': 43,
  'StoreError.TRUNCATED': 44,
  'StoreError.NOT_FINITE': 45,
  'StoreError.LAYOUT_MISMATCH': 46,
  'StoreError.MALFORMED': 47,
  'StoreError.NO_STATISTICS': 48,

  TrainerError: 50,
  'TrainerError.NO_BACKEND': 51,
  'TrainerError.UNKNOWN_MODEL': 52,
  'TrainerError.BAD_MODEL': 53,
  'TrainerError.DIVERGED': 54,

  PeerError: 60,
  'PeerError.MERGE_ABANDONED': 61,
  'PeerError.STOPPED': INTERRUPTED,
  SimulationError: 62,

  CertificateError: 70,
  'CertificateError.DIGEST_MISMATCH': 71,
  'CertificateError.FOREIGN_RUN': 72,
  'CertificateError.FOREIGN_KEY': 73,
  'CertificateError.BAD_SIGNATURE': 74,
  'CertificateError.NO_QUORUM': 75,
  'CertificateError.STATISTICS_UNPROVEN': 76,
  'CertificateError.OTHER_MEMBERS': 77,
}

/** What was asked on the command line makes no sense. */
export class CliError extends MurmurationError<
  | 'USAGE'
  | 'NOTHING_FOUND'
  | 'PEER_DIED'
  | 'FOLDER_IN_USE'
  /** Some cells of a sweep; the others were run and are kept. */
  | 'CELLS_FAILED'
> {}

/** Ctrl-C, or a request to stop. */
export class Interrupted extends MurmurationError<'INTERRUPTED'> {
  constructor(message: string) {
    super('INTERRUPTED', message)
  }
}

/** What made another process fail; it keeps that failure's name and code, and so its exit code. */
export class PeerFailure extends MurmurationError {
  constructor(peer: number, { name, code, message }: { name: string; code: string; message: string }) {
    super(code, `peer-${peer}: ${message}`, { peer })
    this.name = name
  }
}

/** A simulation that failed, where it was the only one; it keeps that failure's name and code, and so its exit code. */
export class CellFailed extends MurmurationError {
  constructor({ name, code, message }: { name: string; code: string; message: string }) {
    super(code, message)
    this.name = name
  }
}

export const exitCodeOf = (error: unknown): number =>
  isMurmurationError(error) ? (exitCodes[`${error.name}.${error.code}`] ?? exitCodes[error.name] ?? BUG) : BUG
