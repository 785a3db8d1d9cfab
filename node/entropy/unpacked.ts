import { CodecError } from '../../protocols/errors.js'

/** What Node's decompressors are asked, and `info: true` beside it, which their types do not know. */
export interface UnpackOptions {
  readonly maxOutputLength: number
}

/** What they give then. */
interface WithInfo {
  readonly buffer: Uint8Array
  /** Counts the bytes that were read. */
  readonly engine: { readonly bytesWritten: number }
}

/**
 * Runs one of Node's decompressors and says in a codec's words what went wrong. Node lets bytes pass that follow the end
 * of the compressed ones; here they are refused.
 */
export const unpacked = (
  bytes: Uint8Array,
  bytesMax: number,
  decompress: (bytes: Uint8Array, options: UnpackOptions) => Uint8Array,
): Uint8Array => {
  const options = { maxOutputLength: bytesMax, info: true }
  const { buffer, engine } = attempt(() => decompress(bytes, options) as unknown as WithInfo, bytesMax)
  const left = bytes.byteLength - engine.bytesWritten
  if (left !== 0) throw malformed(`${left} bytes follow the end of the compressed ones`)
  return buffer
}

const attempt = <T>(run: () => T, bytesMax: number): T => {
  try {
    return run()
  } catch (error) {
    // Node says with a code what is wrong with the bytes; anything else is a mistake of our own.
    if (!(error instanceof Error && 'code' in error)) throw error
    const { code } = error
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new CodecError(
        'TOO_LONG',
        `more than the ${bytesMax} bytes that the model can have came out; the snapshot is refused`,
        { max: bytesMax },
        { cause: error },
      )
    }
    if (code === 'Z_BUF_ERROR') throw truncated(error)
    throw malformed(error.message, error)
  }
}

export const truncated = (cause?: unknown): CodecError => {
  const message = 'the compressed bytes end too early; the snapshot is refused'
  return new CodecError('TRUNCATED', message, {}, { cause })
}

const malformed = (what: string, cause?: unknown): CodecError =>
  new CodecError('MALFORMED', `malformed compressed bytes: ${what}; the snapshot is refused`, {}, { cause })
