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

/** Topic `murmuration/<run>/merge`: the all-to-all final merge. */
export type MergeMessage =
  | { readonly type: 'call'; readonly mergeId: string; readonly members: readonly string[] }
  | {
      readonly type: 'commitment'
      readonly mergeId: string
      readonly digest: string
      readonly samples: number
    }
  /** The members whose committed snapshots the sender holds and has verified, sorted. */
  | {
      readonly type: 'holdings'
      readonly mergeId: string
      readonly attempt: number
      readonly have: readonly string[]
    }
  | {
      readonly type: 'result'
      readonly mergeId: string
      readonly attempt: number
      /** SHA-256 over the sorted roster. */
      readonly roster: string
      /** Digest of the averaged weights. */
      readonly digest: string
    }

/** Asked on the long-lived stream `/murmuration/snapshot/1.0.0`. */
export type SnapshotRequest =
  /** The manifest of the newest snapshot, if its version is above this one. */
  | { readonly type: 'newest'; readonly newerThan: number }
  /** The manifest of one particular snapshot. */
  | { readonly type: 'exact'; readonly digest: string }
  /** One chunk of a snapshot whose manifest was given. */
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
    }
  | { readonly type: 'chunk'; readonly index: number; readonly data: Uint8Array }
  /** Nothing newer, or a snapshot that is no longer served. */
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
