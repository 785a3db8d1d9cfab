/** Under the same key in every copy of this module: a program may load the bundle beside single modules. */
const BRAND = Symbol.for('murmuration.error')

/**
 * Every failure that a caller may want to tell apart is a MurmurationError with a `code`. Branch on the code, never
 * on the message. The message says what happened, whether the state is still valid and what to do next.
 */
export abstract class MurmurationError<Code extends string = string> extends Error {
  get [BRAND](): true {
    return true
  }

  constructor(
    readonly code: Code,
    message: string,
    /** The numbers and names that decided. */
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = new.target.name
  }
}

/** As `instanceof`, but also of errors that another copy of this module made. */
export const isMurmurationError = (error: unknown): error is MurmurationError =>
  error instanceof Error && BRAND in error

/** Weights or layouts that do not fit. */
export class ModelError extends MurmurationError<
  'LAYOUT_INVALID' | 'LAYOUT_MISMATCH' | 'LENGTH_MISMATCH' | 'NOT_FINITE'
> {}

/** An averaging rule was asked for something that it cannot mean. */
export class AveragingError extends MurmurationError<
  'NO_CONTRIBUTIONS' | 'BAD_MIXING_WEIGHT' | 'BAD_STATISTICS' | 'UNKNOWN_RULE'
> {}

/** Bytes from a peer that do not decode, or decode to something forbidden. */
export class WireError extends MurmurationError<
  | 'FRAME_TOO_LARGE'
  | 'TRUNCATED'
  | 'MALFORMED'
  | 'NOT_FINITE'
  | 'DIGEST_MISMATCH'
  | 'FOREIGN_LAYOUT'
  | 'FOREIGN_RUN'
  | 'OUT_OF_RANGE'
> {}

/** An encoding of weights from a peer that does not decode, or weights that cannot be encoded. */
export class CodecError extends MurmurationError<
  'TRUNCATED' | 'TOO_LONG' | 'MALFORMED' | 'NOT_FINITE' | 'FOREIGN_BASE'
> {}

/** A topology that cannot be built over these members. */
export class TopologyError extends MurmurationError<
  'UNKNOWN_TOPOLOGY' | 'IMPOSSIBLE' | 'DISCONNECTED' | 'BAD_EDGE_LIST' | 'UNKNOWN_MEMBER'
> {}

/** A run configuration or an option that does not parse. */
export class ConfigError extends MurmurationError<'UNKNOWN_KEY' | 'BAD_VALUE' | 'UNREADABLE'> {}

/** What an unknown thrown value says, for messages. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
