import { CodecError } from '../errors.js'

/** @throws CodecError TRUNCATED or TOO_LONG unless an encoding has the only length that it can have. */
export const assertLength = (bytes: Uint8Array, expected: number): void => {
  if (bytes.byteLength < expected) throw truncated(bytes.byteLength, expected)
  if (bytes.byteLength > expected) throw tooLong(bytes.byteLength, expected)
}

export const truncated = (bytes: number, expected: number): CodecError =>
  new CodecError(
    'TRUNCATED',
    `an encoding ends after ${bytes} bytes where ${expected} are needed; the snapshot is refused`,
    { bytes, expected },
  )

export const tooLong = (bytes: number, max: number): CodecError =>
  new CodecError(
    'TOO_LONG',
    `an encoding of ${bytes} bytes or more where the model has at most ${max}; the snapshot is refused`,
    { bytes, max },
  )

export const malformed = (what: string, details: Readonly<Record<string, unknown>> = {}): CodecError =>
  new CodecError('MALFORMED', `malformed encoding: ${what}; the snapshot is refused`, details)

/** @param index of the weight. */
export const notFiniteToSend = (index: number): CodecError =>
  new CodecError('NOT_FINITE', `weight ${index} is NaN or infinite and cannot be sent; nothing was changed`, {
    index,
  })

export const notFiniteReceived = (index: number): CodecError =>
  new CodecError('NOT_FINITE', `weight ${index} is NaN or infinite; the whole snapshot is refused`, { index })
