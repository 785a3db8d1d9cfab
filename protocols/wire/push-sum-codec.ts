import { limits } from '../limits.js'
import {
  decodeFrame,
  digestFromBytes,
  digestToBytes,
  encodeFrame,
  fieldLimits,
  finite,
  identifier,
  integer,
  malformed,
  peerId,
  peerIds,
} from './checks.js'
import { PushSumFrame } from './messages.js'
import type * as frames from './messages.js'
import type { Contribution, Edge, PushSumMessage, StateMessage } from './push-sum-types.js'

/**
 * A message to a neighbour in a push-sum merge, as bytes. With the most members and neighbours there may be: 48 KB.
 * @throws WireError when a field is out of its bounds or the frame exceeds `limits.controlFrameBytesMax`.
 */
export const encodePushSumMessage = (message: PushSumMessage): Uint8Array =>
  encodeFrame(
    PushSumFrame.encode(
      message.type === 'call'
        ? { call: { mergeId: message.mergeId, members: [...message.members] } }
        : { state: stateToFrame(message) },
    ),
    decodePushSumMessage,
  )

/** @throws WireError and nothing else. */
export const decodePushSumMessage = (bytes: Uint8Array): PushSumMessage =>
  decodeFrame(bytes, {
    max: limits.controlFrameBytesMax,
    decode: (b) => PushSumFrame.decode(b, { limits: frameLimits }),
    check: ({ call, state }): PushSumMessage => {
      if (call)
        return { type: 'call', mergeId: mergeId(call.mergeId), members: named('members', call.members) }
      if (state) return stateFromFrame(state)
      throw malformed('no push-sum message of a known kind')
    },
  })

/** Bounds that the generated decoder enforces while it reads. */
const frameLimits = {
  call: { members: limits.mergeMembersMax },
  state: {
    gone: limits.mergeMembersMax,
    contributions: limits.mergeMembersMax,
    edges: limits.mergeMembersMax,
    low: fieldLimits.consensusValuesMax,
    high: fieldLimits.consensusValuesMax,
  },
}

const stateToFrame = (state: StateMessage): frames.PushSumState => ({
  ...{ mergeId: state.mergeId, session: state.session, gone: [...state.gone], done: state.done },
  epoch: integer('epoch', state.consensus.epoch),
  view: digestToBytes('view', state.consensus.view),
  contributions: [...state.consensus.contributions],
  low: [...state.consensus.low],
  high: [...state.consensus.high],
  edges: state.edges.map(({ with: peer, offers, taken }) => ({
    ...{ peer, offers: integer('offers', offers) },
    ...(taken === null ? {} : { taken: integer('taken', taken) }),
  })),
})

const stateFromFrame = (state: frames.PushSumState): StateMessage => {
  const { low, high, edges } = state
  if (low.length !== high.length) throw malformed('bounds of different numbers of values')
  const contributions = state.contributions.map(contributionFromFrame)
  peerIds(
    'contributions',
    contributions.map(({ member }) => member),
  )
  peerIds(
    'edges',
    edges.map(({ peer }) => peer),
  )
  return {
    type: 'state',
    mergeId: mergeId(state.mergeId),
    session: session(state.session),
    gone: named('gone', state.gone),
    consensus: {
      ...{ epoch: integer('epoch', state.epoch), view: digestFromBytes('view', state.view), contributions },
      low: low.map((value) => finite('low', value)),
      high: high.map((value) => finite('high', value)),
    },
    done: state.done,
    edges: edges.map(edgeFromFrame),
  }
}

const contributionFromFrame = ({ member, share, kept }: frames.PushSumContribution): Contribution => ({
  member: peerId(member),
  share: finite('share', share, { min: Number.MIN_VALUE }),
  kept: finite('kept', kept),
})

const edgeFromFrame = ({ peer, offers, taken }: frames.PushSumEdge): Edge => ({
  with: peerId(peer),
  offers: integer('offers', offers),
  taken: taken === undefined ? null : integer('taken', taken),
})

/** Ids of members of a merge, none twice. */
const named = (name: string, values: readonly string[]): string[] => {
  if (values.length > limits.mergeMembersMax) throw malformed(`too many ${name}`, { count: values.length })
  return peerIds(name, values)
}

/** Also of a request for a running sum. */
export const mergeId = (value: string): string =>
  identifier('merge id', value, fieldLimits.mergeIdCharactersMax)

/** Also of a running sum. */
export const session = (value: string): string =>
  identifier('session', value, fieldLimits.sessionCharactersMax)
