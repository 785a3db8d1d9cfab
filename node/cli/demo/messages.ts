import type { RunConfiguration } from '../../../protocols/run/index.js'
import type { BackendChoice } from '../../trainer/index.js'
import type { PeerReport, PeerResult } from '../../peer.js'
import type { SavedResult } from '../save-result.js'

/** From the demo to one of its peers, over the channel between the two processes. */
export type ToPeer =
  | {
      readonly type: 'setup'
      readonly index: number
      readonly configuration: RunConfiguration
      readonly data: string
      readonly partition: string
      readonly backend: BackendChoice | undefined
      /** Every how many rounds to evaluate and to send weights. */
      readonly reportEvery: number
      /** Where this peer saves its result. */
      readonly out: string
    }
  /** Members to dial, nearest first. */
  | { readonly type: 'go'; readonly addresses: readonly string[] }
  /** Train with whoever is there. */
  | { readonly type: 'begin' }
  | { readonly type: 'stop' }

export type FromPeer =
  | {
      readonly type: 'ready'
      readonly id: string
      readonly address: string
      readonly backend: string
      readonly labelCounts: readonly number[]
    }
  | { readonly type: 'report'; readonly report: PeerReport }
  | { readonly type: 'result'; readonly result: ResultFigures; readonly saved: SavedResult }
  | { readonly type: 'failed'; readonly error: TransportedError }

/** A result without what is saved in files. */
export type ResultFigures = Omit<
  PeerResult,
  'weights' | 'statistics' | 'certificate' | 'statisticsCertificate' | 'tuned'
>

export const figuresOf = (result: PeerResult): ResultFigures => {
  const {
    weights: _w,
    statistics: _s,
    certificate: _c,
    statisticsCertificate: _t,
    tuned: _u,
    ...figures
  } = result
  return figures
}

/** An error that crossed a process boundary. */
export interface TransportedError {
  readonly name: string
  readonly code: string
  readonly message: string
}
