import type { TLSSocket } from 'node:tls'
import type { MessageStream } from '@libp2p/interface'

/** Bytes up to which a piece is joined with its neighbours. Guess: headers have some ten bytes, chunks 256 KiB. */
const SMALL_BYTES = 4 * 1024

interface SendResult {
  readonly sentBytes: number
  readonly canSendMore: boolean
}

/**
 * Makes an encrypted stream write headers in one piece. A muxer hands over a header, then ours, then a chunk: as three
 * writes that is three TLS records, and the second and third wait for the first and are copied together for it.
 * @param stream one of `toMessageStream` over `socket`; changed and returned.
 */
export const writeTogether = (stream: MessageStream, socket: TLSSocket): MessageStream =>
  Object.assign(stream, {
    sendData(data: Iterable<Uint8Array>): SendResult {
      let sentBytes = 0
      let canSendMore = true
      for (const piece of joined(data)) {
        sentBytes += piece.byteLength
        canSendMore = socket.write(piece)
        if (!canSendMore) break
      }
      return { sentBytes, canSendMore }
    },
  })

/** The same bytes, with runs of small pieces made one. */
export function* joined(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let small: Uint8Array[] = []
  for (const piece of pieces) {
    if (piece.byteLength <= SMALL_BYTES) {
      small.push(piece)
      continue
    }
    if (small.length > 0) yield one(small)
    small = []
    yield piece
  }
  if (small.length > 0) yield one(small)
}

const one = (pieces: readonly Uint8Array[]): Uint8Array =>
  pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
