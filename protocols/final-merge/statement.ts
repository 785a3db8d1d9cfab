import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { RosterEntry } from '../wire/types.js'

/** How much each model counts. */
export const weightings = ['uniform', 'samples'] as const
export type Weighting = (typeof weightings)[number]

/** Keys of the members: libp2p's in a node, toys in the simulator. Ed25519 signatures are deterministic (RFC 8032). */
export interface Signatures {
  /** With this peer's own key. */
  readonly sign: (bytes: Uint8Array) => Uint8Array
  /** False for whatever is no signature, of any length; must not throw. */
  readonly verify: (id: string, bytes: Uint8Array, signature: Uint8Array) => boolean
}

/** How many of the members named in a call must say the same: two thirds, so any two such groups share a third. */
export const quorumOf = (members: number): number => Math.ceil((2 * members) / 3)

/** How many members it takes for an honest one to be among them, while fewer than a third lie: a third. */
export const thirdOf = (members: number): number => Math.ceil(members / 3)

/** What a caller signs. */
export interface CallStatement {
  readonly run: string
  readonly mergeId: string
  /** Sorted. */
  readonly members: readonly string[]
}

/** What a vote is for. */
export interface ResultStatement {
  readonly run: string
  readonly mergeId: string
  /** Averaging rule by name. */
  readonly rule: string
  readonly weighting: Weighting
  /** Digest of the call. */
  readonly call: string
  /** Digest of the roster. */
  readonly roster: string
  /** Digest of the averaged weights. */
  readonly digest: string
}

/** The first line keeps a signature for one purpose from passing for another. No field may hold a line break or a space. */
const lines = (purpose: string, ...fields: readonly (string | number)[]): Uint8Array =>
  utf8ToBytes([`murmuration ${purpose} 1`, ...fields].join('\n'))

export const callBytes = ({ run, mergeId, members }: CallStatement): Uint8Array =>
  lines('merge call', run, mergeId, ...members)

/** SHA-256 of the call, 64 hex digits: two calls are the same if and only if their digests are. */
export const callDigest = (call: CallStatement): string => bytesToHex(sha256(callBytes(call)))

/** SHA-256 over the call and the models in it, 64 hex digits. */
export const entriesDigest = (call: string, entries: readonly RosterEntry[]): string =>
  bytesToHex(
    sha256(
      lines(
        'merge roster',
        call,
        ...entries.map((entry) => `${entry.member} ${entry.digest} ${entry.samples}`),
      ),
    ),
  )

export const resultBytes = (statement: ResultStatement): Uint8Array => {
  const { run, mergeId, rule, weighting, call, roster, digest } = statement
  return lines('merge result', run, mergeId, rule, weighting, call, roster, digest)
}
