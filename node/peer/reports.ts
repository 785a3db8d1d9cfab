import type { Certificate, MergeFault, MergeOutcome } from '../../protocols/final-merge/index.js'
import type { AwaitedCall, Callers } from './merge/callers.js'
import type { NetworkStats } from '../network/index.js'

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
  /** The run names those who may call for its merges, and none of them was here when training began. */
  | ({ readonly type: 'callerless' } & Callers)
  | RoundReport
  /** How accurate the merged model would have been about now: see `Counterfactual`. */
  | {
      readonly type: 'estimate'
      /** Local rounds that this peer had done. */
      readonly round: number
      /** Of the average of a few members' models, on the held-out examples, 0 to 1. */
      readonly mergedAccuracy: number
      /** Models averaged, the own among them. The fewer, the more it tends to be too low. */
      readonly models: number
    }
  /** Something from a peer was refused; this peer goes on unharmed. */
  | {
      readonly type: 'refused'
      readonly from: string | null
      readonly code: string
      readonly message: string
    }
  | { readonly type: 'finished'; readonly round: number }
  /** The merge of a period is due, and this peer may not call for it. Once a period. */
  | ({ readonly type: 'awaitingCall' } & AwaitedCall)
  | { readonly type: 'merging'; readonly period: number; readonly members: number }
  /** A merge that is not the last: training goes on from the merged model. */
  | ({
      readonly type: 'merged'
      readonly period: number
      readonly models: number
      readonly mergedAccuracy: number
    } & MergedModel)
  /**
   * The local model is untouched. `again`: it will be tried once more; where that is not sure, another report follows.
   * `isOver`: it will not, and the period ends without a merge, the run too if it was the last.
   */
  | {
      readonly type: 'abandoned'
      readonly period: number
      readonly reason: string
      readonly missing: readonly string[]
      readonly again: boolean
      readonly isOver: boolean
    }
  /** A member lied in the merge; its lie was kept out of the result. */
  | { readonly type: 'accused'; readonly id: string; readonly fault: MergeFault }

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
  /** Weights that went over the network, by codec. */
  readonly codecs: NetworkStats['codecs']
  /** Members present, this peer among them. */
  readonly members: number
  /** The mixed model; borrowed, not to be changed. */
  readonly weights: Float32Array
}

/** What a merge gave, with what proves it. */
export interface MergedModel extends Pick<MergeOutcome, 'digest' | 'roster' | 'certificate'> {
  /** Borrowed, not to be changed. */
  readonly weights: Float32Array
  /** Statistics of batch normalisation that belong to the weights; null for a model without it. */
  readonly statistics: Float32Array | null
  /** Over those of all members; null when they are this peer's own. */
  readonly statisticsCertificate: Certificate | null
}

/** How a run ended well. */
export interface PeerResult extends MergeOutcome, MergedModel {
  /** Estimated distance from the average, relative to the model's norm; null where the method is exact. */
  readonly error: number | null
  /** Of the own model before the merge, on the held-out examples. */
  readonly localAccuracy: number
  readonly mergedAccuracy: number
  /** The merged model after further steps on this peer's own data, where the run asks for it. */
  readonly tuned: {
    readonly weights: Float32Array
    readonly statistics: Float32Array | null
    readonly accuracy: number
  } | null
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Weights that went over the network, by codec; those of the merge are not among them. */
  readonly codecs: NetworkStats['codecs']
  /** From the start of the peer to the end of the merge. */
  readonly seconds: number
}
