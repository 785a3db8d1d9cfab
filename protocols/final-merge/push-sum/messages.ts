/** What is said and what goes with a running sum: as it travels, so the wire has them. */
export type {
  CallMessage,
  Consensus,
  Contribution,
  Edge,
  ParcelLabel,
  PushSumMessage,
  StateMessage,
} from '../../wire/push-sum-types.js'
