import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { WireError } from '../../protocols/errors.js'
import { CHUNK_HEADER_BYTES_MAX, decodeChunkHeader, varint } from '../../protocols/wire/index.js'

/** Takes chunks out of their frames as they come. What it throws ends the read. */
export interface ChunkSink {
  /** A chunk of so many bytes begins. */
  begin(index: number, dataBytes: number): void
  /** Its next bytes, borrowed for the call. */
  write(piece: Uint8Array): void
  /** It is complete. */
  end(): void
}

/** Length-prefixed frames from a stream that lasts, one read at a time. */
export interface FrameReader {
  /** The next frame. A view of what came, or a copy when it came in several pieces; the reader keeps nothing of it. */
  read(signal: AbortSignal): Promise<Uint8Array>
  /** The same without a deadline, and null when the stream has ended between two frames. */
  next(): Promise<Uint8Array | null>
  /** The same, but hands a chunk to the sink piece by piece, uncopied, and gives null in its place. */
  readChunk(sink: ChunkSink, signal: AbortSignal): Promise<Uint8Array | null>
}

/**
 * Reads frames. Stands in for `lpStream`, which copies each frame together and reads its length byte by byte.
 * @param frameBytesMax of one frame: more ends the stream before anything of it is kept.
 * @param bufferBytesMax unread bytes at which the other side has sent more than it was asked for, and loses the stream.
 * @param onBytes is told of every read's bytes.
 */
export const createFrameReader = (
  stream: Stream,
  {
    frameBytesMax,
    bufferBytesMax,
    onBytes,
  }: {
    readonly frameBytesMax: number
    readonly bufferBytesMax: number
    readonly onBytes: (bytes: number) => void
  },
): FrameReader => {
  const queue = createQueue(stream, bufferBytesMax)
  const lengthBytesMax = varint(frameBytesMax).length

  const frameLength = async (signal?: AbortSignal): Promise<number> => {
    let length = 0
    for (let i = 0; i < lengthBytesMax; i++) {
      if (queue.buffered() === 0) await queue.hold(1, signal)
      const byte = queue.take(1)[0]!
      length += (byte & 0x7f) * 0x80 ** i
      if (byte < 0x80) {
        if (length > frameBytesMax) break
        onBytes(length)
        return length
      }
    }
    throw tooLarge(`a frame of more than ${frameBytesMax} bytes`)
  }
  const whole = async (length: number, signal?: AbortSignal): Promise<Uint8Array> => {
    await queue.hold(length, signal)
    return queue.take(length)
  }

  return {
    read: async (signal) => whole(await frameLength(signal), signal),
    async next() {
      if (queue.buffered() === 0) await queue.holdOrEnd()
      return queue.buffered() === 0 ? null : whole(await frameLength())
    },
    async readChunk(sink, signal) {
      const length = await frameLength(signal)
      const startBytes = Math.min(length, CHUNK_HEADER_BYTES_MAX)
      await queue.hold(startBytes, signal)
      const header = decodeChunkHeader(queue.peek(startBytes), length)
      if (!header) return whole(length, signal)
      queue.take(header.headerBytes)
      sink.begin(header.index, header.dataBytes)
      for (let missing = header.dataBytes; missing > 0;) {
        if (queue.buffered() === 0) await queue.hold(1, signal)
        const piece = queue.some(missing)
        sink.write(piece)
        missing -= piece.byteLength
      }
      sink.end()
      return null
    },
  }
}

const tooLarge = (what: string): WireError =>
  new WireError('FRAME_TOO_LARGE', `the other side sent ${what}; the stream was ended, nothing was changed`)

/** What came on the stream and was not read yet. */
const createQueue = (stream: Stream, bytesMax: number) => {
  let pieces: Uint8Array[] = []
  let first = 0
  let buffered = 0
  let failure: Error | undefined
  let wake = (): void => {}

  stream.addEventListener('message', ({ data }: StreamMessageEvent) => {
    if (failure) return
    if (data instanceof Uint8Array) pieces.push(data)
    else for (const piece of data) pieces.push(piece)
    buffered += data.byteLength
    if (buffered > bytesMax) {
      fail(tooLarge(`${buffered} bytes that were not asked for`))
      pieces = []
      buffered = first = 0
      // The event is still being handed out.
      queueMicrotask(() => stream.abort(failure!))
    }
    wake()
  })
  const fail = (error: Error): void => {
    failure ??= error
    wake()
  }
  const ended = (): void =>
    fail(new WireError('TRUNCATED', 'the stream ended before the reply did; nothing was changed'))
  stream.addEventListener('close', ({ error }: StreamCloseEvent) => (error ? fail(error) : ended()))
  stream.addEventListener('remoteCloseWrite', ended)

  const arrival = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = () => reject(signal!.reason as Error)
      signal?.addEventListener('abort', onAbort, { once: true })
      wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
    })
  /** Up to `bytes` of the first piece. Only when something is there. */
  const some = (bytes: number): Uint8Array => {
    const piece = pieces[first]!
    const taken = piece.byteLength <= bytes ? piece : piece.subarray(0, bytes)
    if (taken === piece) first++
    else pieces[first] = piece.subarray(bytes)
    buffered -= taken.byteLength
    if (first === pieces.length) {
      pieces = []
      first = 0
    }
    return taken
  }

  return {
    buffered: () => buffered,
    some,
    /** Resolves once so many bytes are there. */
    async hold(bytes: number, signal?: AbortSignal): Promise<void> {
      signal?.throwIfAborted()
      while (buffered < bytes) {
        if (failure) throw failure
        await arrival(signal)
      }
    },
    /** Resolves once something is there, or nothing will be. */
    async holdOrEnd(): Promise<void> {
      while (buffered === 0 && !failure) await arrival()
      if (buffered === 0 && failure instanceof WireError && failure.code === 'TRUNCATED') return
      if (buffered === 0) throw failure!
    },
    take(bytes: number): Uint8Array {
      if (bytes === 0) return new Uint8Array()
      const start = some(bytes)
      if (start.byteLength === bytes) return start
      const out = Buffer.allocUnsafe(bytes)
      out.set(start)
      for (let at = start.byteLength; at < bytes;) {
        const piece = some(bytes - at)
        out.set(piece, at)
        at += piece.byteLength
      }
      return out
    },
    /** The first bytes, which stay. */
    peek(bytes: number): Uint8Array {
      const start = pieces[first]!
      if (start.byteLength >= bytes) return start.subarray(0, bytes)
      return Buffer.concat(pieces.slice(first, first + bytes), undefined).subarray(0, bytes)
    },
  }
}
