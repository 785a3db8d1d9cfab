import type { RunConfiguration } from '../../../protocols/run/index.js'
import type { BackendChoice } from '../../trainer/index.js'
import type { PeerReport, PeerResult } from '../../peer.js'
import type { SavedResult } from '../save-result.js'

/** From the demo to one of its processes, over the channel between the two. */
export type ToProcess =
  | (ProcessSetup & { readonly type: 'setup' })
  | { readonly type: 'peer'; readonly index: number; readonly message: ToPeer }
  /** It ends, after all its peers have said goodbye to those that are left, or at once when none is. */
  | { readonly type: 'stop'; readonly goodbye: boolean }

/** From one of the peers of such a process. */
export interface FromProcess {
  readonly index: number
  readonly message: FromPeer
}

/** What all peers of a demo are told. */
export interface Setup {
  readonly configuration: RunConfiguration
  readonly data: string
  readonly partition: string
  readonly backend: BackendChoice | undefined
  /** Every how many rounds to evaluate and to send weights. */
  readonly reportEvery: number
  /** Where each peer has a folder for its result, named like it. */
  readonly out: string
}

/** What one of its processes is told. */
export interface ProcessSetup extends Setup {
  /** Its peers. */
  readonly indexes: readonly number[]
  /** Threads that train them, at most one for each. */
  readonly threads: number
}

/** From the demo to one of its peers. */
export type ToPeer =
  /** Members to dial, nearest first. */
  | { readonly type: 'go'; readonly addresses: readonly string[] }
  /** Train with whoever is there. */
  | { readonly type: 'begin' }

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
