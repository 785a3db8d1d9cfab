/**
 * Every bound on what a peer accepts, keeps or waits for, with its unit and its reason.
 * Larger is not safer: each of these caps what one hostile or broken peer can cost us.
 */
const KIB = 1024
const MIB = 1024 * KIB

export const limits = {
  /** Bytes of one chunk of weights. 256 KiB writes are the fastest on TLS + yamux; also the leaf size of the digest tree. */
  chunkBytes: 256 * KIB,
  /** Bytes of one frame that carries a chunk: the chunk and its protobuf envelope. */
  chunkFrameBytesMax: 256 * KIB + 1 * KIB,
  /** Bytes of one request frame: ids and integers only. */
  requestFrameBytesMax: 1 * KIB,
  /** Bytes of one reply frame that carries a run configuration or a list of leaf digests (500 MB of float32: 2,000 leaves of 32 bytes). */
  controlFrameBytesMax: 128 * KIB,
  /** Bytes of one gossipsub message. Larger messages cost seconds of CPU to spread. */
  gossipBytesMax: 16 * KIB,
  /** Requests for chunks in flight per exchange: read buffers hold (window + 1) chunks. */
  chunkWindow: 4,
  /** Parameters of a model: 500 MB of float32. */
  parametersMax: 125_000_000,
  /** Tensors in a layout. */
  tensorsMax: 4096,
  /** Dimensions of a tensor. */
  rankMax: 8,
  /** Characters of a tensor's name. */
  tensorNameMax: 256,
  /** Members of a run that a peer remembers. */
  membersMax: 1024,
  /** Undirected edges of a generated graph or an edge list: about 500 MB while it is built. 1,024 members have 523,776 pairs. */
  topologyEdgesMax: 1_000_000,
  /** Pulls of all rounds together that a topology may have to be analysed: 12 bytes each, and as much to find them. */
  analysedPullsMax: 20_000_000,
  /** Characters of an edge list: 200,000 lines of two peer ids of 52 characters are 21 million. */
  edgeListCharactersMax: 32 * MIB,
  /** Addresses remembered per member. */
  addressesMax: 16,
  /** Characters of a multiaddr or a peer's display name. */
  addressCharactersMax: 256,
  nameCharactersMax: 64,
  /** Streams per protocol and connection, each way. One long-lived snapshot stream, one run stream, and room to reconnect. */
  streamsPerProtocol: 8,
  /** Snapshots that an inbox keeps: the newest per sender, oldest sender dropped first. */
  inboxSnapshotsMax: 64,
  /** Models that a peer remembers as others sent them, for codecs that send changes: neighbours of a dense topology and some to spare. */
  heldModelsMax: 32,
  /** Pulls that a peer has under way at once. */
  pullsMax: 32,
  /** Codecs that one request for a snapshot offers: few are worth having, and all must fit one request frame. */
  codecOffersMax: 8,
  /** Characters of a codec's name. The longest, `top-k:0.000001+brotli`, has 21. */
  codecNameMax: 64,
  /** Codecs besides the run's own that a peer serves at a time, those asked for last: each keeps one encoding. */
  codecsServedMax: 4,
  /** Versions of the own snapshot that readers may say they hold, of a codec that sends changes: older ones get a whole model. */
  heldVersionsMax: 32,
  /** Of these, versions to which there are changes in one snapshot: readers beyond get a whole model. Guess: rounds by which the neighbours of a dense topology lie apart. */
  heldBasesMax: 16,
  /** Own snapshots that are being encoded at once, for all who ask: they wait in one thread. Who comes when there are so many gets plain float32. Guess: one for each of `heldBasesMax`. */
  encodesUnderWayMax: 16,
  /** The same for one member: a pull for training, and one of a model that is read once. */
  encodesPerAskerMax: 2,
  /** Times that one member may make this peer encode the same version: these two, and each of them again after a failure. */
  encodesPerVersionMax: 4,
  /** Bytes of encodings of own snapshots that stay served, in float32 models: the newest, and what slow readers are in the middle of. Beyond these what was used longest ago goes. */
  encodedModelsServed: 2,
  /** Number of these: changes to every version that a reader may hold, a whole model, and other codecs. */
  encodingsServed: 40,
  /** Failed pulls after which a late peer begins from its own weights: a lossy link gets through, a cut one does not hold it up for long. */
  joinTriesMax: 8,
  /** Versions of the own snapshot that stay served: the newest, and those a slow reader may be in the middle of. */
  snapshotsServed: 3,
  /** Heads per second and member above which further ones are ignored. Rounds faster than this are announced now and then only. */
  headsPerSecondMax: 50,
  /**
   * Milliseconds between two heads of one peer, for each member that hears them: so nobody hears more than ten a second,
   * however many train or mix however fast, and one more of each when its rounds are done. A head costs its hearers about 2 ms of a processor (measured: a demo of 8 peers).
   */
  headMsPerMember: 100,
  /** Milliseconds of one whole exchange: request, every chunk, digest. */
  exchangeTimeoutMs: 30_000,
  /** Milliseconds until a fresh connection must have said which run it is in. */
  helloTimeoutMs: 10_000,
  /** Milliseconds of one dial. */
  dialTimeoutMs: 10_000,
  /** Members of one merge: a call names them all and must fit one gossip message, about 54 bytes each. */
  mergeMembersMax: 250,
  /** Pulls of frozen models that a peer has under way at once, below `pullsMax` so that other pulls find room. */
  mergePullsMax: 8,
  /** Tries to pull one committed snapshot before its sender counts as gone. */
  mergePullTriesMax: 5,
  /** Tries to fetch one thing from a member in a merge before it counts as gone. */
  mergeFetchTriesMax: 6,
  /** Chunks of a merge that one request asks for at most; together they have no more bytes than one frame carries. */
  mergeChunksPerRequestMax: 64,
  /** Averaged chunks that each peer averages again itself, at random: 2 of 256 cost under 1 % of a model per member. */
  mergeAudits: 2,
  /** Times that a peer without the result of a merge asks for it, ever more rarely: over an hour in a real network. */
  mergeAsksMax: 100,
  /** Times that a peer which has nothing else to do calls for one merge. Guess: two chances for those that were cut off. */
  mergeCallsMax: 3,
  /** Times that calls end a merge that is under way, whoever makes them, before a third of the members have to go along. Guess: twice what one caller may. */
  mergeInterruptionsMax: 6,
  /** Merges without a result that are put down to others' calls, and not counted as tries. Each that ends another can cost two, and calls with the number of another as many again as can end one. */
  mergeDisturbedMax: 18,
  /** Times that the exchange of a merge gets more time while parts of models still come. Guess. */
  mergeExtensionsMax: 2,
  /** Attempts of one final merge before it is abandoned. */
  mergeAttemptsMax: 5,
  /** Bytes of frozen snapshots that one peer holds during an all-to-all merge. */
  mergeBytesMax: 4096 * MIB,
} as const

/** The bounds as a type, so that tests can pass smaller ones. */
export type Limits = { readonly [Name in keyof typeof limits]: number }
