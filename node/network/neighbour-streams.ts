import type { Connection, Stream } from '@libp2p/interface'
import type { Limits } from '../../protocols/limits.js'
import { within } from './deadline.js'
import { createFrameReader, type ChunkSink, type FrameReader } from './frame-reader.js'
import { frameOf, sendFrame } from './streams.js'
import type { Tally } from './tally.js'

/** The one long-lived stream on which a neighbour is asked for things of one kind. */
export interface NeighbourStream<Request> {
  send(request: Request, signal: AbortSignal): Promise<void>
  /** The next reply frame, undecoded. */
  read(signal: AbortSignal): Promise<Uint8Array>
  /** The same, but a chunk goes into the sink piece by piece, and null is given in its place. */
  readChunk(sink: ChunkSink, signal: AbortSignal): Promise<Uint8Array | null>
}

export interface NeighbourStreams<Request> {
  /** The open stream to a neighbour, or a fresh one. */
  to(
    peerId: string,
    connect: () => Promise<Connection>,
    signal: AbortSignal,
  ): Promise<NeighbourStream<Request>>
  /** Ends the stream to a neighbour: after a fault it is not known what the next bytes would mean. */
  drop(peerId: string): void
  stop(): void
}

/** Keeps a stream per neighbour, because a new one costs about 1.7 ms. */
export const createNeighbourStreams = <Request>({
  protocol,
  encode,
  limits,
  tally,
}: {
  readonly protocol: string
  readonly encode: (request: Request) => Uint8Array
  readonly limits: Limits
  readonly tally: Tally
}): NeighbourStreams<Request> => {
  const open = new Map<string, { readonly stream: Stream; readonly frames: FrameReader }>()
  const drop = (peerId: string) => {
    open.get(peerId)?.stream.abort(new Error('the exchange failed'))
    open.delete(peerId)
  }
  const frameBytesMax = Math.max(limits.chunkFrameBytesMax, limits.controlFrameBytesMax)
  const reading = {
    frameBytesMax,
    bufferBytesMax: (limits.chunkWindow + 1) * frameBytesMax,
    onBytes: (bytes: number) => tally.received(bytes),
  }

  return {
    async to(peerId, connect, signal) {
      let entry = open.get(peerId)
      if (!entry || entry.stream.status !== 'open') {
        const connection = await connect()
        const stream = await within(connection.newStream(protocol, { signal }), signal)
        entry = { stream, frames: createFrameReader(stream, reading) }
        open.set(peerId, entry)
        stream.addEventListener('close', () => {
          if (open.get(peerId)?.stream === stream) open.delete(peerId)
        })
      }
      const { stream, frames } = entry
      return {
        send: (request, at) => sendFrame(stream, frameOf(encode(request)), { signal: at, tally }),
        read: (at) => frames.read(at),
        readChunk: (sink, at) => frames.readChunk(sink, at),
      }
    },
    drop,
    stop() {
      for (const peerId of [...open.keys()]) drop(peerId)
    },
  }
}
