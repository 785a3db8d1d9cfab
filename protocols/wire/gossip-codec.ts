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
  identifier,
  integer,
  malformed,
  optionalNumber,
  peerId,
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
 * What is said at one time for the merge topic, in as few gossip messages as it fits: each costs every member a signature to check, and
 * several copies to receive. In this order.
 * @throws WireError as `encodeMergeMessage`
 */
export const packMergeMessages = (messages: readonly MergeMessage[]): readonly Uint8Array[] => {
  const packs: { readonly first: MergeMessage; readonly more: Uint8Array<ArrayBuffer>[]; bytes: number }[] =
    []
  for (const message of messages) {
    const frame = borrowed(encodeMergeMessage(message))
    const last = packs.at(-1)
    const bytes = (last?.bytes ?? 0) + MORE_BYTES + frame.byteLength
    if (last && last.more.length < MORE_MAX && bytes <= limits.gossipBytesMax) {
      last.more.push(frame)
      last.bytes = bytes
    } else packs.push({ first: message, more: [], bytes: frame.byteLength })
  }
  return packs.map(({ first, more }) => MergeFrame.encode({ ...mergeToFrame(first), more }))
}

/** Bytes before one further frame, at most: its field and its length. */
const MORE_BYTES = 4
/** Frames after the first. Guess: a peer has five kinds of words. */
const MORE_MAX = 7

/** @returns at least one message, in the order in which they were said. @throws WireError and nothing else. */
export const decodeMergeMessages = (bytes: Uint8Array): readonly MergeMessage[] =>
  decodeFrame(bytes, {
    ...mergeFrames,
    check: (frame) => [mergeFromFrame(frame), ...frame.more.map(decodeMergeMessage)],
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
    ...mergeFrames,
    check(frame) {
      if (frame.more.length > 0) throw malformed('a merge message with more behind it')
      return mergeFromFrame(frame)
    },
  })

const mergeFrames = {
  max: limits.gossipBytesMax,
  decode: (bytes: Uint8Array): MergeFrame =>
    MergeFrame.decode(bytes, {
      limits: {
        call: { members: limits.membersMax },
        holdings: { have: limits.membersMax },
        roster: { entries: limits.mergeMembersMax },
        more: MORE_MAX,
      },
    }),
}

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
      return {
        call: {
          mergeId: message.mergeId,
          members: [...message.members],
          caller: message.caller,
          signature: borrowed(message.signature),
        },
      }
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
          call: digestToBytes('call', message.call),
          signature: borrowed(message.signature),
        },
      }
    case 'roster':
      return {
        roster: {
          mergeId: message.mergeId,
          call: digestToBytes('call', message.call),
          attempt: attempt(message.attempt),
          entries: message.entries.map(({ member, digest, samples }) => ({
            member,
            digest: digestToBytes('digest', digest),
            samples: integer('samples', samples),
          })),
        },
      }
    case 'ready':
      return {
        ready: {
          mergeId: message.mergeId,
          call: digestToBytes('call', message.call),
          attempt: attempt(message.attempt),
          roster: digestToBytes('roster', message.roster),
          digest: digestToBytes('digest', message.digest),
        },
      }
    case 'ask':
      return { ask: { mergeId: message.mergeId } }
  }
}

const mergeFromFrame = (frame: frames.MergeFrame): MergeMessage => {
  const { call, commitment, holdings, result, roster, ready, ask } = frame
  if (call) {
    return {
      type: 'call',
      mergeId: mergeId(call.mergeId),
      members: sortedPeerIds('members', call.members),
      caller: peerId(call.caller),
      signature: signatureFrom(call.signature),
    }
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
    const have = sortedPeerIds('holdings', holdings.have)
    return { type: 'holdings', mergeId: mergeId(holdings.mergeId), attempt: attempt(holdings.attempt), have }
  }
  if (roster) return rosterFromFrame(roster)
  if (ready) return { type: 'ready', ...claimFromFrame(ready) }
  if (result) {
    return { type: 'result', ...claimFromFrame(result), signature: signatureFrom(result.signature) }
  }
  if (ask) return { type: 'ask', mergeId: mergeId(ask.mergeId) }
  throw malformed('no merge message of a known kind')
}

const rosterFromFrame = (roster: frames.MergeRoster): MergeMessage => {
  const entries = roster.entries.map(({ member, digest, samples }) => ({
    member: integer('member', member, { max: limits.mergeMembersMax - 1 }),
    digest: digestFromBytes('digest', digest),
    samples: integer('samples', samples),
  }))
  if (entries.some(({ member }, i) => i > 0 && member <= entries[i - 1]!.member)) {
    throw malformed('the entries of a roster do not rise')
  }
  return {
    type: 'roster',
    mergeId: mergeId(roster.mergeId),
    call: digestFromBytes('call', roster.call),
    attempt: attempt(roster.attempt),
    entries,
  }
}

/** What `ready` and `result` have in common. */
const claimFromFrame = (frame: frames.MergeReady | frames.MergeResult) => ({
  mergeId: mergeId(frame.mergeId),
  call: digestFromBytes('call', frame.call),
  attempt: attempt(frame.attempt),
  roster: digestFromBytes('roster', frame.roster),
  digest: digestFromBytes('digest', frame.digest),
})

const sortedPeerIds = (name: string, values: readonly string[]): string[] => {
  const ids = peerIds(name, values)
  if (ids.some((id, i) => i > 0 && id < ids[i - 1]!)) throw malformed(`${name} are not sorted`)
  return ids
}

/** The generated decoder gives views of the frame, which is not kept. */
const signatureFrom = (value: Uint8Array): Uint8Array =>
  bytesUpTo('signature', value, fieldLimits.signatureBytesMax).slice()

const mergeId = (value: string): string => identifier('merge id', value, fieldLimits.mergeIdCharactersMax)

const attempt = (value: number): number => integer('attempt', value, { max: limits.mergeAttemptsMax })
