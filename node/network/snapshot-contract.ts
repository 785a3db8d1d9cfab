import type { Codec, Exchange, GivenUp, Held } from '../../protocols/codecs/index.js'
import type { Layout } from '../../protocols/model/index.js'
import type { Head } from '../../protocols/wire/index.js'

/** A snapshot that can be served. Nothing in it changes while it is served. */
export interface ServedSnapshot {
  readonly head: Head
  /** Fingerprint of the layout. */
  readonly layout: string
  /** The encoded weights. Borrowed: parts of it are sent without copying. */
  readonly bytes: Uint8Array
  /** Leaves of the digest tree over `bytes`, 32 bytes each; their root is `head.digest`. */
  readonly leaves: Uint8Array
}

/** The newest snapshot in a codec that its asker has offered. Nothing in it changes while it is served. */
export interface ServedEncoding {
  readonly head: Head
  /** Fingerprint of the layout. */
  readonly layout: string
  readonly codec: { readonly name: string; readonly version: number }
  /** Borrowed: parts of it are sent without copying. */
  readonly bytes: Uint8Array
  /** Leaves of the digest tree over `bytes`, 32 bytes each. */
  readonly leaves: Uint8Array
  /** Their root: by it the chunks are asked for. */
  readonly digest: string
  /** Bytes of the same weights in float32. */
  readonly plainBytes: number
  /** Milliseconds for which this asker waited until it was encoded. */
  readonly waitedMs: number
}

export type Served = ServedSnapshot | ServedEncoding | null

/** A snapshot that was pulled, verified chunk by chunk. The caller owns all of it. */
export interface PulledSnapshot {
  readonly head: Head
  /** `into`, or fresh memory backed by a SharedArrayBuffer, so that a worker thread can read it without a copy. */
  readonly weights: Float32Array
  readonly leaves: Uint8Array
  /** The encoded weights, to serve them on: a view of `weights` on little-endian machines. */
  readonly bytes: Uint8Array
}

export interface PullOptions {
  /** Peer id. Dialled at its known addresses when not connected. */
  readonly from: string
  /** Plain float32 is asked for, bit for bit. */
  readonly request:
    | { readonly type: 'newest'; readonly newerThan: number }
    | { readonly type: 'exact'; readonly digest: string }
  readonly layout: Layout
  /**
   * Where the weights go: any memory with as many elements as the layout. Nobody else may use it until the pull has
   * settled; it holds garbage when that fails. A RangeError when it does not fit. @default fresh memory
   */
  readonly into?: Float32Array
  readonly signal?: AbortSignal
}

/** How a peer reads snapshots that come in a codec. */
export interface SnapshotReader {
  /** What it reads from this peer, best first; asked at the moment of the request. None: plain float32 only. */
  offers(from: string): readonly OfferedCodec[]
  /**
   * Writes the weights to `encoded.into`.
   * @throws CodecError and nothing else for what a peer has sent. FOREIGN_BASE: it was not what is held of this peer,
   *   which is now forgotten, so that the next offers say that nothing is held.
   */
  decode(encoded: EncodedModel): Promise<void>
  /** How an exchange went that ended well, plain ones included. */
  onExchange(from: string, exchange: Exchange): void
  /** An exchange was given up at its deadline, of which it had at least half: connecting and waiting for others are no part of it. */
  onGaveUp(from: string, exchange: GivenUp): void
}

export interface OfferedCodec {
  readonly codec: Codec
  /** What was last decoded from this peer, where the codec remembers. The request names its version. */
  readonly held?: Held | undefined
}

/** What was received of a snapshot, whole and as its sender describes it. */
export interface EncodedModel {
  readonly from: string
  readonly codec: Codec
  /** Of the snapshot. */
  readonly version: number
  /** The reader's from now on. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where its weights go; garbage when decoding fails. */
  readonly into: Float32Array
  /** As it was offered: what the sender may have written changes to, whatever was decoded since. */
  readonly held: Held | undefined
  /** Aborted: nobody waits for the weights any more, and the reader does not take them for what it holds. */
  readonly signal: AbortSignal
}

export interface PullModelOptions {
  /** Peer id. Dialled at its known addresses when not connected. */
  readonly from: string
  readonly newerThan: number
  readonly layout: Layout
  readonly reader: SnapshotReader
  /**
   * Gives the memory where the weights go: the caller's, with as many elements as are asked for. Asked once it is known that a snapshot
   * comes, and what of. @default fresh memory backed by a SharedArrayBuffer
   */
  readonly vector?: ((length: number) => Float32Array) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The same with a layout and a reader of its own. */
export type PullModel = (
  options: Pick<PullModelOptions, 'from' | 'newerThan' | 'signal'>,
) => Promise<PulledModel | null>

/** The newest model of a peer, as near to it as the codec is. */
export interface PulledModel {
  /** Its digest is of the sender's weights, not of these, unless they came as float32. */
  readonly head: Head
  /** The caller's to keep, not to change: the reader may hold them too. */
  readonly weights: Float32Array
  readonly codec: string
}
