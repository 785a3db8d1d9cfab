/** What neighbours say to each other in a push-sum merge; the vectors are pulled. All are harmless when repeated, lost or reordered. */
export type PushSumMessage = CallMessage | StateMessage

/** The merge begins; these members are expected. */
export interface CallMessage {
  readonly type: 'call'
  readonly mergeId: string
  readonly members: readonly string[]
}

export interface StateMessage {
  readonly type: 'state'
  readonly mergeId: string
  readonly session: string
  /** Members that the sender counts as gone. */
  readonly gone: readonly string[]
  readonly consensus: Consensus
  /** The sender's merge is done, on the strength of this consensus. */
  readonly done: boolean
  /** One for each neighbour. */
  readonly edges: readonly Edge[]
}

export interface Edge {
  readonly with: string
  /** The newest version that this neighbour may take; 0 while there is none. */
  readonly offers: number
  /** The version of this neighbour that the sender has taken; null before it has answered any pull. */
  readonly taken: number | null
}

/** One epoch of max-min consensus, as far as the sender has heard of it. */
export interface Consensus {
  readonly epoch: number
  /** Digest of the members that are expected and not gone: only peers that agree on them put their numbers together. */
  readonly view: string
  readonly contributions: readonly Contribution[]
  /** Least and greatest over the contributions: of the norm, then of each projection. Empty without contributions. */
  readonly low: readonly number[]
  readonly high: readonly number[]
}

export interface Contribution {
  readonly member: string
  readonly share: number
  /** The share less what is lost by way of this member: given to peers that are gone, less what came from them. */
  readonly kept: number
}

/** What goes with a running sum. All of it was true at the split that made this version. */
export interface ParcelLabel {
  readonly session: string
  /** Which of the sender's running sums this is; each begins at zero. Grows. */
  readonly segment: number
  /** What a reader new to this segment must have taken before: the newest version it was entitled to. */
  readonly after: number
  /** The sender's newest split in it. Grows through all segments. */
  readonly version: number
  /** Weight of the running sum, beside its vector. */
  readonly weight: number
  /** The sender's epoch of max-min consensus. */
  readonly epoch: number
}
