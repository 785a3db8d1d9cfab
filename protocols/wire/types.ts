import type { ParcelLabel } from './push-sum-types.js'

/**
 * What peers say to each other, as the machines see it: peer ids are strings, digests and fingerprints 64 lower-case
 * hex digits. The sender is never inside a message: it is who signed it (gossipsub) or who holds the connection.
 */

/** Announces a snapshot. */
export interface Head {
  /** Grows with every snapshot that this peer publishes. */
  readonly version: number
  /** Local rounds finished when it was taken. */
  readonly round: number
  /** Examples seen so far. */
  readonly samples: number
  /** Root of the digest tree over the encoded weights. */
  readonly digest: string
  /** Neighbours that the sender has, for Metropolis-Hastings weights. */
  readonly degree: number
  /** The sender has done all the rounds of the run. */
  readonly finished: boolean
  /** Mean training loss of the round, nats; null when not measured. */
  readonly loss: number | null
  /** Accuracy of the local model on the sender's held-out examples, 0 to 1; null when not measured. */
  readonly accuracy: number | null
}

/** I am here, this is how to reach me; or, with `leaving`, I am going. */
export interface Presence {
  readonly name: string
  /** Multiaddrs with peer id. */
  readonly addresses: readonly string[]
  readonly leaving: boolean
}

/** Topic `murmuration/<run>/heads`. */
export type HeadsMessage =
  { readonly type: 'head'; readonly head: Head } | { readonly type: 'presence'; readonly presence: Presence }

/** A member whose frozen model is in the merge, as a roster names it. */
export interface RosterEntry {
  /** Index into the call's sorted members. */
  readonly member: number
  /** Digest of its frozen model. */
  readonly digest: string
  /** Examples that it has seen. */
  readonly samples: number
}

/**
 * Topic `murmuration/<run>/merge`. A merge id is `period.sequence`: the how manieth merge of the run, and the how
 * manieth call for it. `call` in a message is the digest of the call that it belongs to.
 */
export type MergeMessage =
  /** The merge begins, these members are expected. Repeated by all; the signature is the caller's. */
  | {
      readonly type: 'call'
      readonly mergeId: string
      /** Sorted. */
      readonly members: readonly string[]
      readonly caller: string
      readonly signature: Uint8Array
    }
  | {
      readonly type: 'commitment'
      readonly mergeId: string
      readonly digest: string
      readonly samples: number
    }
  /** All-to-all: the members whose committed snapshots the sender holds and has verified, sorted. */
  | {
      readonly type: 'holdings'
      readonly mergeId: string
      readonly attempt: number
      readonly have: readonly string[]
    }
  /** Whose models the sender would average in this attempt, by rising index. */
  | {
      readonly type: 'roster'
      readonly mergeId: string
      readonly call: string
      readonly attempt: number
      readonly entries: readonly RosterEntry[]
    }
  /** The sender holds the average over this roster and has verified it. */
  | {
      readonly type: 'ready'
      readonly mergeId: string
      readonly call: string
      readonly attempt: number
      /** Digest of the roster. */
      readonly roster: string
      /** Digest of the averaged weights. */
      readonly digest: string
    }
  /** The sender's one vote. */
  | {
      readonly type: 'result'
      readonly mergeId: string
      readonly call: string
      readonly attempt: number
      readonly roster: string
      readonly digest: string
      /** Of the statement that a certificate rests on; empty in all-to-all, which has none. */
      readonly signature: Uint8Array
    }
  /** The sender has no result of this merge: whoever has one, say so again. */
  | { readonly type: 'ask'; readonly mergeId: string }

/** A way of encoding weights that an asker reads. */
export interface CodecOffer {
  /** `int8`, `top-k:0.05+zlib`. Names that the other side does not know are passed over. */
  readonly name: string
  /** Of the codec's bytes, from 1: another one is another codec. */
  readonly version: number
  /** The version of the sender's model that the asker has last decoded, where the codec sends changes to one. */
  readonly held?: number
}

/** Asked on the long-lived stream `/murmuration/snapshot/1.0.0`. */
export type SnapshotRequest =
  /** The manifest of the newest snapshot, if its version is above this one. */
  | {
      readonly type: 'newest'
      readonly newerThan: number
      /** Best first; plain float32 is always understood. Absent: nothing else is. */
      readonly accepts?: readonly CodecOffer[]
      /** Chunks that may follow the manifest without being asked for: what the asker has room for. Absent: none. */
      readonly ahead?: number
    }
  /** The manifest of one particular snapshot, bit for bit. */
  | { readonly type: 'exact'; readonly digest: string; readonly ahead?: number }
  /** One chunk of a snapshot whose manifest was given, or of its encoding: `digest` is the root over their leaves. */
  | { readonly type: 'chunk'; readonly digest: string; readonly index: number }

export type SnapshotReply =
  | {
      readonly type: 'manifest'
      readonly head: Head
      readonly layout: string
      /** Bytes of the encoded weights. */
      readonly bytes: number
      /** SHA-256 of every chunk in order, 32 bytes each: the leaves under `head.digest`. */
      readonly leaves: Uint8Array
      /** Chunks that follow without being asked for, from the first on. Absent: none. */
      readonly following?: number
    }
  /** The newest snapshot in a codec that the asker has offered. Its head's digest is still that of the float32 weights. */
  | {
      readonly type: 'encoded'
      readonly head: Head
      readonly layout: string
      /** As it was offered. */
      readonly codec: string
      readonly version: number
      /** Bytes of the encoding. */
      readonly bytes: number
      /** SHA-256 of every chunk of the encoding in order, 32 bytes each. */
      readonly leaves: Uint8Array
      /** Milliseconds that the answer waited for the encoder; 0 when the encoding was there. */
      readonly waitedMs: number
      /** As of a manifest. */
      readonly following?: number
    }
  | { readonly type: 'chunk'; readonly index: number; readonly data: Uint8Array }
  /** Nothing newer, or a snapshot that is no longer served. */
  | { readonly type: 'none' }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }

/** Asked on the long-lived stream `/murmuration/merge/1.0.0`. */
export type ShardRequest =
  /** The leaves under a digest: of a frozen model, or of a result. */
  | { readonly type: 'leaves'; readonly digest: string }
  /** Some of its chunks, by rising index: as many as fit one frame. */
  | { readonly type: 'piece'; readonly digest: string; readonly indexes: readonly number[] }
  /** The same of the average over a roster. The answer may wait until all are there. */
  | { readonly type: 'average'; readonly roster: string; readonly indexes: readonly number[] }
  /** A sketch of a frozen model: one number per chunk. */
  | { readonly type: 'sketch'; readonly digest: string; readonly seed: number }
  /** Sketches of the owners' pieces that the asked peer vouches for in this roster, by rising chunk. */
  | { readonly type: 'testimony'; readonly roster: string; readonly seed: number }
  /** Push-sum: the running sum with more than this version. Its chunks are asked for as pieces, by the digest of its leaves. */
  | { readonly type: 'sum'; readonly mergeId: string; readonly newerThan: number }

export type ShardReply =
  | {
      readonly type: 'leaves'
      /** SHA-256 of every chunk in order, and of the summary where there is one, 32 bytes each. */
      readonly leaves: Uint8Array
      /** What the averaging rule wants to know of the model: float64, little-endian; empty for none. */
      readonly summary: Uint8Array
    }
  /** The chunks that were asked for, one after the other; `index` is that of the first. */
  | { readonly type: 'chunk'; readonly index: number; readonly data: Uint8Array }
  /** Float64, little-endian, one per chunk; NaN in a testimony for a piece that is not there. */
  | { readonly type: 'sketch'; readonly values: Uint8Array }
  | {
      readonly type: 'sum'
      readonly label: ParcelLabel
      /** Fingerprint of the layout. */
      readonly layout: string
      /** Bytes of the vector in float32. */
      readonly bytes: number
      /** SHA-256 of every chunk in order, 32 bytes each. */
      readonly leaves: Uint8Array
    }
  /** Not served, or not there yet. */
  | { readonly type: 'none' }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }

export interface MemberRecord {
  readonly id: string
  readonly name: string
  readonly addresses: readonly string[]
}

/** Asked on `/murmuration/run/1.0.0`, one request and one reply a stream. */
export type RunRequest =
  /** Said by the dialler on every connection. A visitor (status, join, merge) gives null for the run. */
  | {
      readonly type: 'hello'
      readonly runId: string | null
      readonly layout: string | null
      readonly presence: Presence
    }
  | { readonly type: 'status' }
  | { readonly type: 'callMerge' }

export type RunReply =
  | {
      readonly type: 'welcome'
      readonly runId: string
      readonly layout: string
      /** The run configuration in its canonical form, whose SHA-256 is the run id. */
      readonly configuration: Uint8Array
      readonly members: readonly MemberRecord[]
    }
  /** A JSON object, UTF-8. */
  | { readonly type: 'status'; readonly status: Uint8Array }
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
