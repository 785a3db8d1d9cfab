import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { varint } from '../../protocols/wire/index.js'
import type { Tally } from './tally.js'

/** A frame in pieces, length first, so that a large last piece need not be copied. */
export const frameOf = (head: Uint8Array, ...rest: readonly Uint8Array[]): readonly Uint8Array[] => {
  const byteLength = rest.reduce((sum, part) => sum + part.byteLength, head.byteLength)
  return [Buffer.concat([Uint8Array.from(varint(byteLength)), head]), ...rest]
}

/**
 * Waits until the stream takes more. Not `stream.onDrain()`, which resolves at once from its second call
 * (@libp2p/utils 7.4.1): 100 MB would pile up in memory.
 */
export const whenWritable = async (stream: Stream, signal: AbortSignal): Promise<void> => {
  while (stream.writableNeedsDrain && stream.status === 'open') {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        stream.removeEventListener('drain', settle)
        stream.removeEventListener('close', settle)
        signal.removeEventListener('abort', settle)
        if (signal.aborted) reject(signal.reason as Error)
        else resolve()
      }
      stream.addEventListener('drain', settle)
      stream.addEventListener('close', settle)
      signal.addEventListener('abort', settle)
    })
  }
}

/** Hands one frame to the stream, which may have to keep it. Throws when the stream is closed. */
export const putFrame = (stream: Stream, frame: readonly Uint8Array[], tally: Tally): void => {
  if (frame.length === 0) return
  // One list, so that the muxer makes one frame of it.
  const whole = new Uint8ArrayList(...frame)
  stream.send(whole)
  tally.sent(whole.byteLength)
}

/** The same, and waits until the stream takes the next. */
export const sendFrame = async (
  stream: Stream,
  frame: readonly Uint8Array[],
  { signal, tally }: { readonly signal: AbortSignal; readonly tally: Tally },
): Promise<void> => {
  putFrame(stream, frame, tally)
  await whenWritable(stream, signal)
}
