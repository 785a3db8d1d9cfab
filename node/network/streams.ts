import type { Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
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

/** Sends one frame and waits until the stream takes the next. Throws when the stream is closed. */
export const sendFrame = async (
  stream: Stream,
  frame: readonly Uint8Array[],
  { signal, tally }: { readonly signal: AbortSignal; readonly tally: Tally },
): Promise<void> => {
  // One list, so that the muxer makes one frame of it.
  const whole = new Uint8ArrayList(...frame)
  if (whole.byteLength > 0) stream.send(whole)
  tally.sent(whole.byteLength)
  await whenWritable(stream, signal)
}

/**
 * What arrives on a stream, until its end. At most `maxBufferSize` bytes wait to be read: a peer that sends more
 * without being asked loses the stream, where iterating over the stream itself would queue without limit.
 */
export async function* bytesOf(
  stream: Stream,
  { maxBufferSize, tally }: { readonly maxBufferSize: number; readonly tally: Tally },
): AsyncGenerator<Uint8Array> {
  const bytes = byteStream(stream, { maxBufferSize })
  for (;;) {
    const received = await bytes.read()
    if (received === null) return
    tally.received(received.byteLength)
    yield received.subarray()
  }
}
