/**
 * How weights become fewer bytes on their way to another peer. A codec is stateless; what a sender must remember lives
 * in its source, one for all readers, and what a reader must remember is the model that it decoded last.
 */
export interface Codec {
  /** As it was asked for: `int8`, `top-k:0.05+zlib`. */
  readonly spec: string
  /** Whether a reader must keep what it has decoded, and say so with its next request. */
  readonly remembers: boolean
  /** Whether the number of bytes is known before the weights are: then `bytesMax` is that number. */
  readonly fixedSize: boolean
  /** Bytes of the longest encoding of so many weights. A reader refuses longer ones before it sets memory aside. */
  bytesMax(length: number): number
  /**
   * Of a codec that sends changes: how many weights one version brings to those who follow. All of them where that many
   * changes are as long as the whole model, which then goes in their place. @param length weights of the model.
   */
  weightsPerVersion?(length: number): number
  /** @param length weights of the model. */
  createSource(length: number): CodecSource
  /**
   * Reads what a source has written, into a fresh vector. Weights that come out are finite.
   * @param bytes borrowed, at any alignment.
   * @throws CodecError and nothing else; what is held stays as it was. FOREIGN_BASE: ask again, holding nothing.
   */
  decode(bytes: Uint8Array, options: DecodeOptions): Float32Array<ArrayBuffer>
  /**
   * The most by which a weight of a snapshot that is sent whole may be off; undefined where a codec promises none.
   * @param value the weight. @param blockMax the largest magnitude in its block of `BLOCK_ELEMENTS`.
   */
  errorBound(value: number, blockMax: number): number
}

export interface DecodeOptions {
  /** Weights of the reader's model. */
  readonly length: number
  /** What it told the sender it holds; ignored by codecs that remember nothing. */
  readonly held?: Held | undefined
}

/** What a reader has last decoded from one sender. */
export interface Held {
  readonly version: number
  /** Shared with whoever was given them; nobody changes them. */
  readonly weights: Float32Array
}

/** The sender's side, for as long as its process lives. */
export interface CodecSource {
  /**
   * The bytes for one reader. The same for all that hold the same version.
   * @param snapshot versions never go back, and one version has one set of weights. Borrowed for the call.
   * @param heldVersion the version that the reader has last decoded from this peer; undefined when none.
   * @returns bytes that the caller may keep but not change.
   * @throws CodecError NOT_FINITE: the weights hold NaN or an infinity; nothing was changed.
   */
  encode(snapshot: Snapshot, heldVersion?: number): Uint8Array
  /**
   * The model as readers know it that follow this peer, which lags behind the model itself; undefined where readers get
   * each snapshot as it is, or nobody has read yet. The source's own memory: it changes with the next `encode`.
   */
  readonly publicCopy?: Float32Array | undefined
}

export interface Snapshot {
  readonly version: number
  readonly weights: Float32Array
}

/** Lossless compression of what a codec has written. A node brings it: it is no part of the pure code. */
export interface EntropyStage {
  readonly name: string
  pack(bytes: Uint8Array): Uint8Array
  /**
   * @param bytesMax sets aside no more than this, and a little.
   * @throws CodecError TOO_LONG when more comes out, TRUNCATED when the end is missing, MALFORMED for anything else.
   */
  unpack(bytes: Uint8Array, bytesMax: number): Uint8Array
}
