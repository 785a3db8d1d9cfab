import type { MergeOutcome } from '../../protocols/final-merge/index.js'

/** What a peer tells whoever started it. In the order in which things happen. */
export type PeerReport =
  | {
      readonly type: 'listening'
      readonly id: string
      readonly addresses: readonly string[]
      readonly backend: string
      readonly backendReason: string
    }
  /** Training begins when `needed` members are present. */
  | { readonly type: 'waiting'; readonly members: number; readonly needed: number }
  | { readonly type: 'member'; readonly id: string; readonly name: string; readonly change: MemberChange }
  | { readonly type: 'started'; readonly members: number; readonly late: boolean }
  | RoundReport
  /** Something from a peer was refused; this peer goes on unharmed. */
  | {
      readonly type: 'refused'
      readonly from: string | null
      readonly code: string
      readonly message: string
    }
  | { readonly type: 'finished'; readonly round: number }
  | { readonly type: 'merging'; readonly members: number }
  | { readonly type: 'abandoned'; readonly reason: string; readonly missing: readonly string[] }

/** `left` said so; `lost` fell silent. */
export type MemberChange = 'joined' | 'left' | 'lost'

export interface RoundReport {
  readonly type: 'round'
  readonly round: number
  /** Mean training loss of the round, nats. */
  readonly loss: number
  /** Of the mixed model on the held-out examples, 0 to 1; null in rounds that are not evaluated. */
  readonly accuracy: number | null
  /** Members whose models were mixed in this round. */
  readonly mixedFrom: readonly string[]
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Members present, this peer among them. */
  readonly members: number
  /** The mixed model; borrowed, not to be changed. */
  readonly weights: Float32Array
}

/** How a run ended well. */
export interface PeerResult extends MergeOutcome {
  readonly weights: Float32Array
  /** Of the own model before the merge, on the held-out examples. */
  readonly localAccuracy: number
  readonly mergedAccuracy: number
  readonly bytesSent: number
  readonly bytesReceived: number
  /** From the start of the peer to the end of the merge. */
  readonly seconds: number
}
