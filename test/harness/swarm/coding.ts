import {
  comparedWithCopy,
  createCodec,
  createHoldings,
  type CodecSource,
  type Holdings,
  type Mix,
  type Snapshot,
} from '../../../protocols/codecs/index.js'
import { entropyStages } from '../../../node/entropy/index.js'
import type { Weights } from '../training/contract.js'
import type { SimulatedPeer } from './peer.js'

/** A snapshot as it is under way. */
export interface Encoded {
  readonly version: number
  readonly bytes: Uint8Array
}

/** What the peers' processes hold for the codec of the run. Peers go by their index. */
export interface Coding {
  /** The version that a reader has last decoded of a source, which its request says; undefined when none. */
  heldBy(reader: number, source: number): number | undefined
  encode(source: number, snapshot: Snapshot, held: number | undefined): Encoded
  /** What the reader makes of it. */
  decode(reader: number, source: number, encoded: Encoded): Float32Array
  /** The mix that a peer is to do, where its codec wants another one than the engine asks for. */
  mixOf(peer: SimulatedPeer, mix: Mix<Weights>): Mix<Weights>
  /** A peer is another process now, and holds nothing. */
  forgets(peer: number): void
}

/**
 * The codec that ships, applied to every snapshot that is pulled: the bytes are really written and really read.
 * @param spec as `createCodec` takes it, another one than `PLAIN_CODEC`. @param length weights of the model.
 * @throws ConfigError BAD_VALUE
 */
export const createCoding = (spec: string, length: number): Coding => {
  const codec = createCodec(spec, entropyStages)
  const sources = new Map<number, CodecSource>()
  const holdings = new Map<number, Holdings>()

  const sourceOf = (peer: number): CodecSource => {
    const source = sources.get(peer) ?? codec.createSource(length)
    sources.set(peer, source)
    return source
  }
  const holdingsOf = (peer: number): Holdings => {
    const all = holdings.get(peer) ?? createHoldings()
    holdings.set(peer, all)
    return all
  }
  return {
    heldBy: (reader, source) => holdings.get(reader)?.of(String(source))?.version,
    encode: (source, snapshot, held) => ({
      version: snapshot.version,
      bytes: sourceOf(source).encode(snapshot, held),
    }),
    decode(reader, source, { version, bytes }) {
      const held = holdingsOf(reader)
      const weights = codec.decode(bytes, { length, held: held.of(String(source)) })
      if (codec.remembers) held.keep(String(source), { version, weights })
      return weights
    },
    mixOf({ index, id }, mix) {
      const copy = sources.get(index)?.publicCopy
      // The source goes on writing in it, and the mix may be done later.
      return copy ? comparedWithCopy(mix, { self: id, copy: copy.slice() }) : mix
    },
    forgets(peer) {
      sources.delete(peer)
      holdings.delete(peer)
    },
  }
}
