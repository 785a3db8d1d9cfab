import type { Limits } from '../../protocols/limits.js'
import type { FirstNonFinite, Layout } from '../../protocols/model/index.js'
import type {
  HeadsMessage,
  MemberRecord,
  MergeMessage,
  ParcelLabel,
  Presence,
  PushSumMessage,
  RunReply,
  ShardReply,
  ShardRequest,
  SnapshotRequest,
} from '../../protocols/wire/index.js'
import type {
  PulledModel,
  PulledSnapshot,
  PullModelOptions,
  PullOptions,
  Served,
} from './snapshot-contract.js'
import type { NetworkStats } from './tally.js'

export interface AskShardsOptions {
  /** Peer id. Dialled at its known addresses when not connected. */
  readonly from: string
  /** Running sums are not among them: see `pullSum`. */
  readonly requests: readonly ShardRequest[]
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for all of them together, and at most `limits.exchangeTimeoutMs`. @default that */
  readonly timeoutMs?: number
  /** Called for each request in order; of the kind that was asked for, or `none`. Its bytes are borrowed for the call. */
  readonly onReply: (reply: Exclude<ShardReply, { readonly type: 'refused' | 'sum' }>, index: number) => void
}

export interface PullSumOptions {
  /** Peer id. Dialled at its known addresses when not connected. */
  readonly from: string
  readonly mergeId: string
  readonly newerThan: number
  readonly layout: Layout
  readonly signal?: AbortSignal
}

/** A running sum of a push-sum merge, verified chunk by chunk. The caller owns the vector. */
export interface PulledSum {
  readonly label: ParcelLabel
  readonly sum: Float32Array
}

export interface MergeCall {
  readonly from: string
  /** The request came from this machine. */
  readonly loopback: boolean
  /** The asker is a member of the run, not a visitor. */
  readonly member: boolean
}

export type MergeCallAnswer = Extract<RunReply, { readonly type: 'accepted' | 'refused' }>

export type Welcome = Extract<RunReply, { readonly type: 'welcome' }>

/** What the network asks and tells its owner. Handlers return at once; what they throw is a bug, not a peer's fault. */
export interface NetworkHandlers {
  onHeads(from: string, message: HeadsMessage): void
  onMerge(from: string, message: MergeMessage): void
  /** A member has something to say in a push-sum merge. */
  onPushSum?(from: string, message: PushSumMessage): void
  /** A peer has shown that it belongs to the run. From now on it may be pulled from. */
  onAdmitted(peerId: string, presence: Presence): void
  /** An admitted peer now listens to this peer's gossip: what was published before did not reach it. */
  onSubscribed?(peerId: string): void
  /** The last connection to an admitted peer has closed. */
  onDisconnected(peerId: string): void
  /** A peer broke a rule and was counted in `stats().refused`. Null when the peer is not known. */
  onRefused(peerId: string | null, code: string, message: string): void
  /** Members named by a peer: hearsay, not signed by those members. This peer is left out. */
  onMembers(records: readonly MemberRecord[]): void
  /** Found by mDNS or the bootstrap list. Members dial it by themselves; visitors are told of what they have reached. */
  onDiscovered?(peerId: string, addresses: readonly string[]): void
  /** The snapshot asked for, or null when it is not served (any more). Encodings are for those who offered their codec. */
  snapshot(request: SnapshotRequest, from: string): Served | Promise<Served>
  /** A part of a model in a merge; `none` when it is not there. Bytes are borrowed until they are sent. */
  shard(request: ShardRequest, from: string): ShardReply | Promise<ShardReply>
  /** A JSON object, UTF-8. */
  status(): Uint8Array
  mergeCall(call: MergeCall): MergeCallAnswer
  /** The members to name in a welcome, without this peer. */
  members(): readonly MemberRecord[]
}

/** The part of a logger that is used here; pino's fits. */
export interface NetworkLogger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface NetworkRun {
  /** SHA-256 of `configuration`, 64 lower-case hex digits. */
  readonly runId: string
  readonly layout: Layout
  /** The run configuration in its canonical form. */
  readonly configuration: Uint8Array
}

export interface NetworkOptions {
  /** An Ed25519 private key as libp2p's protobuf: see `createIdentity`. */
  readonly identity: Uint8Array
  /** Multiaddrs to listen on; none for a peer that only dials. */
  readonly listen: readonly string[]
  /** Announce and find peers on the local network by multicast. */
  readonly mdns: boolean
  /** Multiaddrs to dial at the start. Failures are logged, not thrown. */
  readonly bootstrap?: readonly string[]
  /** Display name. */
  readonly name: string
  /** Null for a visitor, which may ask for a run and its status but takes no part. */
  readonly run: NetworkRun | null
  readonly handlers: NetworkHandlers
  /** Looks through weights that came as float32: kernels do it in a tenth of the time. @default plain code */
  readonly firstNonFinite?: FirstNonFinite
  /** @default the constants of protocols/limits.ts */
  readonly limits?: Limits
  readonly log?: NetworkLogger
}

export interface Network {
  readonly peerId: string
  /** Multiaddrs with peer id that this peer listens on. */
  addresses(): string[]
  /**
   * Connects and says hello. No retries.
   * @param target a multiaddr, or the id of a peer whose addresses are known.
   * @returns the id of the peer.
   * @throws NetworkError BAD_ADDRESS, UNREACHABLE, FOREIGN_RUN, FOREIGN_LAYOUT, REFUSED, TIMED_OUT or STOPPED.
   */
  dial(target: string): Promise<string>
  /** @throws WireError when the message breaks its bounds; NetworkError STOPPED, or NOT_ADMITTED for a visitor. */
  publishHead(message: HeadsMessage): Promise<void>
  /** @throws as `publishHead`. */
  publishMerge(message: MergeMessage): Promise<void>
  /**
   * Asks one peer for a snapshot and verifies it.
   * @returns null when the peer has nothing newer, or not that one.
   * @throws NetworkError or WireError; the stream is then closed and the next pull opens a fresh one.
   */
  pull(options: PullOptions): Promise<PulledSnapshot | null>
  /**
   * Asks one peer for its newest model, in a codec that both have.
   * @returns null when the peer has nothing newer.
   * @throws as `pull`; WireError MALFORMED or NOT_FINITE for an encoding that does not decode.
   */
  pullModel(options: PullModelOptions): Promise<PulledModel | null>
  /**
   * Asks one peer for parts of models in a merge. Nothing is verified but the frames: that is the merge's business.
   * @throws NetworkError or WireError; the stream is then closed and the next call opens a fresh one.
   */
  askShards(options: AskShardsOptions): Promise<void>
  /**
   * Asks one peer for its running sum in a push-sum merge and verifies the vector; its label is the merge's business.
   * @returns null when the peer has nothing newer.
   * @throws as `pull`.
   */
  pullSum(options: PullSumOptions): Promise<PulledSum | null>
  /**
   * Tells one peer something in a push-sum merge. Resolves once it is on its way; it may be lost all the same.
   * @throws as `pull`.
   */
  tell(peerId: string, message: PushSumMessage): Promise<void>
  /**
   * Asks a connected peer for its run.
   * @throws WireError DIGEST_MISMATCH when the configuration does not hash to the run id.
   */
  fetchRun(peerId: string): Promise<Welcome>
  /** The status of a connected peer: a JSON object, UTF-8. */
  status(peerId: string): Promise<Uint8Array>
  /** Asks a connected peer to call the final merge. */
  callMerge(peerId: string): Promise<MergeCallAnswer>
  /** Remembers where a peer can be reached, at most `limits.addressesMax`; used when it must be dialled. */
  learn(record: MemberRecord): void
  /** Ids of admitted peers, sorted. */
  connectedPeers(): string[]
  stats(): NetworkStats
  /** Closes every stream, connection and listener. Safe to call twice. Later calls reject with STOPPED. */
  stop(): Promise<void>
}
