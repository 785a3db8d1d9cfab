import { limits } from '../limits.js'
import {
  addresses,
  borrowed,
  bytesUpTo,
  decodeFrame,
  digestFromBytes,
  digestToBytes,
  encodeFrame,
  fieldLimits,
  malformed,
  peerId,
  text,
} from './checks.js'
import { presenceFromFrame, presenceLimits, presenceToFrame } from './gossip-codec.js'
import { RunReplyFrame, RunRequestFrame } from './messages.js'
import type * as frames from './messages.js'
import { refusedFromFrame } from './snapshot-codec.js'
import type { MemberRecord, RunReply, RunRequest } from './types.js'

/** @throws WireError when a field is out of its bounds. */
export const encodeRunRequest = (request: RunRequest): Uint8Array =>
  encodeFrame(RunRequestFrame.encode(requestToFrame(request)), decodeRunRequest)

/**
 * A hello carries a presence with its addresses, so the frame may be as large as a presence that is gossiped.
 * @throws WireError and nothing else.
 */
export const decodeRunRequest = (bytes: Uint8Array): RunRequest =>
  decodeFrame(bytes, {
    max: limits.gossipBytesMax,
    decode: (b) => RunRequestFrame.decode(b, { limits: { hello: { presence: presenceLimits } } }),
    check: ({ hello, status, callMerge }): RunRequest => {
      if (hello) return helloFromFrame(hello)
      if (status) return { type: 'status' }
      if (callMerge) return { type: 'callMerge' }
      throw malformed('no run request of a known kind')
    },
  })

/** @throws WireError when a field is out of its bounds or the frame exceeds `limits.controlFrameBytesMax`. */
export const encodeRunReply = (reply: RunReply): Uint8Array =>
  encodeFrame(RunReplyFrame.encode(replyToFrame(reply)), decodeRunReply)

/**
 * Byte fields of the result (`configuration`, `status`) are views of `bytes`.
 * @throws WireError and nothing else.
 */
export const decodeRunReply = (bytes: Uint8Array): RunReply =>
  decodeFrame(bytes, {
    max: limits.controlFrameBytesMax,
    decode: (b) =>
      RunReplyFrame.decode(b, {
        limits: { welcome: { members: limits.membersMax, members$: presenceLimits } },
      }),
    check: replyFromFrame,
  })

/**
 * As many of the members, in order, as fit into a welcome beside the configuration. Peers learn the others by gossip.
 * @param configurationBytes bytes of the run configuration that goes into the same reply.
 */
export const membersThatFit = (
  members: readonly MemberRecord[],
  configurationBytes: number,
): readonly MemberRecord[] => {
  let room = limits.controlFrameBytesMax - configurationBytes - WELCOME_ENVELOPE_BYTES
  const fitting: MemberRecord[] = []
  for (const member of members.slice(0, limits.membersMax)) {
    room -= recordBytesMax(member)
    if (room < 0) break
    fitting.push(member)
  }
  return fitting
}

/** Two digests, tags and lengths, rounded up. */
const WELCOME_ENVELOPE_BYTES = 128

/** UTF-8 takes at most three bytes for a UTF-16 code unit; each field has a tag and a length of at most four bytes. */
const recordBytesMax = ({ id, name, addresses: known }: MemberRecord): number =>
  4 + (4 + id.length) + (4 + 3 * name.length) + known.reduce((sum, address) => sum + 4 + address.length, 0)

const requestToFrame = (request: RunRequest): Partial<frames.RunRequestFrame> => {
  switch (request.type) {
    case 'hello':
      return {
        hello: {
          ...(request.runId === null ? {} : { runId: digestToBytes('run id', request.runId) }),
          ...(request.layout === null ? {} : { layout: digestToBytes('layout', request.layout) }),
          presence: presenceToFrame(request.presence),
        },
      }
    case 'status':
      return { status: {} }
    case 'callMerge':
      return { callMerge: {} }
  }
}

const helloFromFrame = ({ runId, layout, presence }: frames.Hello): RunRequest => {
  if (!presence) throw malformed('a hello without a presence')
  if ((runId === undefined) !== (layout === undefined))
    throw malformed('a hello with only one of run and layout')
  return {
    type: 'hello',
    runId: runId === undefined ? null : digestFromBytes('run id', runId),
    layout: layout === undefined ? null : digestFromBytes('layout', layout),
    presence: presenceFromFrame(presence),
  }
}

const replyToFrame = (reply: RunReply): Partial<frames.RunReplyFrame> => {
  switch (reply.type) {
    case 'welcome':
      return {
        welcome: {
          runId: digestToBytes('run id', reply.runId),
          layout: digestToBytes('layout', reply.layout),
          configuration: borrowed(reply.configuration),
          members: reply.members.map(({ id, name, addresses: known }) => ({
            id,
            name,
            addresses: [...known],
          })),
        },
      }
    case 'status':
      return { status: { status: borrowed(reply.status) } }
    case 'accepted':
      return { accepted: {} }
    case 'refused':
      return { refused: { code: reply.code, message: reply.message } }
  }
}

const replyFromFrame = ({ welcome, status, accepted, refused }: frames.RunReplyFrame): RunReply => {
  if (welcome) {
    return {
      type: 'welcome',
      runId: digestFromBytes('run id', welcome.runId),
      layout: digestFromBytes('layout', welcome.layout),
      configuration: bytesUpTo('configuration', welcome.configuration, fieldLimits.configurationBytesMax),
      members: welcome.members.map(memberFromFrame),
    }
  }
  if (status) {
    return { type: 'status', status: bytesUpTo('status', status.status, fieldLimits.statusBytesMax) }
  }
  if (accepted) return { type: 'accepted' }
  if (refused) return refusedFromFrame(refused)
  throw malformed('no run reply of a known kind')
}

const memberFromFrame = (member: frames.Member): MemberRecord => ({
  id: peerId(member.id),
  name: text('name', member.name, limits.nameCharactersMax),
  addresses: addresses(member.addresses),
})
