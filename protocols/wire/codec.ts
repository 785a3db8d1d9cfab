/** Between the messages of types.ts and bytes, by topic. Decoding throws WireError and nothing else. */
export {
  decodeHeadsMessage,
  decodeMergeMessage,
  decodeMergeMessages,
  encodeHeadsMessage,
  encodeMergeMessage,
  packMergeMessages,
} from './gossip-codec.js'
export {
  decodeSnapshotReply,
  decodeSnapshotRequest,
  encodeSnapshotReply,
  encodeSnapshotRequest,
} from './snapshot-codec.js'
export {
  decodeRunReply,
  decodeRunRequest,
  encodeRunReply,
  encodeRunRequest,
  membersThatFit,
} from './run-codec.js'
export { decodeShardReply, decodeShardRequest, encodeShardReply, encodeShardRequest } from './shard-codec.js'
export { decodePushSumMessage, encodePushSumMessage } from './push-sum-codec.js'
export { fieldLimits } from './checks.js'
export { varint } from './varint.js'
