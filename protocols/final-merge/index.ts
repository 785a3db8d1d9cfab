export { allToAll } from './all-to-all/machine.js'
export {
  certificateFault,
  type Certificate,
  type CertificateFault,
  type CertifiedModel,
} from './certificate.js'
export { mergeChunkBytes } from './chunk-size.js'
export { newestClaimedCall } from './claimed-calls.js'
export type {
  Fetch,
  Fetched,
  MergeConfig,
  MergeDuty,
  MergeEffect,
  MergeEvent,
  MergeFault,
  MergeMachine,
  MergeMethod,
  MergeOutcome,
  MergePhase,
  MergeRoster,
  MergeTiming,
} from './contract.js'
export { mergeIdOf, parseMergeId } from './merge-id.js'
export { namesMostOf } from './reduce-scatter/calls.js'
export { reduceScatter } from './reduce-scatter/machine.js'
export type { Frozen } from './reduce-scatter/shards/frozen-models.js'
export type { MergeKernels } from './reduce-scatter/shards/chunking.js'
export { ShardStore } from './reduce-scatter/shards/shard-store.js'
export { rosterDigest } from './roster.js'
export {
  quorumOf,
  thirdOf,
  callBytes,
  resultBytes,
  weightings,
  type Signatures,
  type Weighting,
} from './statement.js'
