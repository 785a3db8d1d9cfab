import { limits } from '../limits.js'
import {
  addresses,
  decodeFrame,
  digestFromBytes,
  digestToBytes,
  encodeFrame,
  fieldLimits,
  identifier,
  integer,
  malformed,
  optionalNumber,
  peerIds,
  text,
} from './checks.js'
import { HeadsFrame, MergeFrame } from './messages.js'
import type * as frames from './messages.js'
import type { Head, HeadsMessage, MergeMessage, Presence } from './types.js'

/**
 * A message for the heads topic, as bytes.
 * @throws WireError when a field is out of its bounds or the frame exceeds `limits.gossipBytesMax`.
 */
export const encodeHeadsMessage = (message: HeadsMessage): Uint8Array =>
  encodeFrame(
    HeadsFrame.encode(
      message.type === 'head'
        ? { head: headToFrame(message.head) }
        : { presence: presenceToFrame(message.presence) },
    ),
    decodeHeadsMessage,
  )

/** @throws WireError and nothing else. */
export const decodeHeadsMessage = (bytes: Uint8Array): HeadsMessage =>
  decodeFrame(bytes, {
    max: limits.gossipBytesMax,
    decode: (b) => HeadsFrame.decode(b, { limits: { presence: presenceLimits } }),
    check: ({ head, presence }): HeadsMessage => {
      if (head) return { type: 'head', head: headFromFrame(head) }
      if (presence) return { type: 'presence', presence: presenceFromFrame(presence) }
      throw malformed('neither a head nor a presence')
    },
  })

/**
 * A message for the merge topic, as bytes. About 300 members fit the 16 KiB of a gossip message.
 * @throws WireError when a field is out of its bounds or the frame exceeds `limits.gossipBytesMax`.
 */
export const encodeMergeMessage = (message: MergeMessage): Uint8Array =>
  encodeFrame(MergeFrame.encode(mergeToFrame(message)), decodeMergeMessage)

/** @throws WireError and nothing else. */
export const decodeMergeMessage = (bytes: Uint8Array): MergeMessage =>
  decodeFrame(bytes, {
    max: limits.gossipBytesMax,
    decode: (b) =>
      MergeFrame.decode(b, {
        limits: { call: { members: limits.membersMax }, holdings: { have: limits.membersMax } },
      }),
    check: mergeFromFrame,
  })

/** Bounds that the generated decoder enforces while it reads. */
export const presenceLimits = { addresses: limits.addressesMax }

export const headToFrame = (head: Head): frames.Head => ({
  version: integer('version', head.version),
  round: integer('round', head.round),
  samples: integer('samples', head.samples),
  digest: digestToBytes('digest', head.digest),
  degree: integer('degree', head.degree, { max: limits.membersMax }),
  finished: head.finished,
  ...(head.loss === null ? {} : { loss: head.loss }),
  ...(head.accuracy === null ? {} : { accuracy: head.accuracy }),
})

export const headFromFrame = (head: frames.Head): Head => ({
  version: integer('version', head.version),
  round: integer('round', head.round),
  samples: integer('samples', head.samples),
  digest: digestFromBytes('digest', head.digest),
  degree: integer('degree', head.degree, { max: limits.membersMax }),
  finished: head.finished,
  loss: optionalNumber('loss', head.loss),
  accuracy: optionalNumber('accuracy', head.accuracy, { min: 0, max: 1 }),
})

export const presenceToFrame = (presence: Presence): frames.Presence => ({
  name: presence.name,
  addresses: [...presence.addresses],
  leaving: presence.leaving,
})

export const presenceFromFrame = (presence: frames.Presence): Presence => ({
  name: text('name', presence.name, limits.nameCharactersMax),
  addresses: addresses(presence.addresses),
  leaving: presence.leaving,
})

const mergeToFrame = (message: MergeMessage): Partial<frames.MergeFrame> => {
  switch (message.type) {
    case 'call':
      return { call: { mergeId: message.mergeId, members: [...message.members] } }
    case 'commitment':
      return {
        commitment: {
          mergeId: message.mergeId,
          digest: digestToBytes('digest', message.digest),
          samples: integer('samples', message.samples),
        },
      }
    case 'holdings':
      return {
        holdings: { mergeId: message.mergeId, attempt: attempt(message.attempt), have: [...message.have] },
      }
    case 'result':
      return {
        result: {
          mergeId: message.mergeId,
          attempt: attempt(message.attempt),
          roster: digestToBytes('roster', message.roster),
          digest: digestToBytes('digest', message.digest),
        },
      }
  }
}

const mergeFromFrame = ({ call, commitment, holdings, result }: frames.MergeFrame): MergeMessage => {
  if (call) {
    return { type: 'call', mergeId: mergeId(call.mergeId), members: peerIds('members', call.members) }
  }
  if (commitment) {
    return {
      type: 'commitment',
      mergeId: mergeId(commitment.mergeId),
      digest: digestFromBytes('digest', commitment.digest),
      samples: integer('samples', commitment.samples),
    }
  }
  if (holdings) {
    const have = peerIds('have', holdings.have)
    if (have.some((id, i) => i > 0 && id < have[i - 1]!)) throw malformed('holdings are not sorted')
    return { type: 'holdings', mergeId: mergeId(holdings.mergeId), attempt: attempt(holdings.attempt), have }
  }
  if (result) {
    return {
      type: 'result',
      mergeId: mergeId(result.mergeId),
      attempt: attempt(result.attempt),
      roster: digestFromBytes('roster', result.roster),
      digest: digestFromBytes('digest', result.digest),
    }
  }
  throw malformed('no merge message of a known kind')
}

const mergeId = (value: string): string => identifier('merge id', value, fieldLimits.mergeIdCharactersMax)

const attempt = (value: number): number => integer('attempt', value, { max: limits.mergeAttemptsMax })
