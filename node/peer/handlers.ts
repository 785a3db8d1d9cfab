import type { MergeCall, MergeCallAnswer, NetworkHandlers } from '../network/index.js'
import type { PeerCodecs } from './codecs/codecs.js'
import type { Learner } from './learner.js'
import { callersAmong, callersInWords } from './merge/callers.js'
import type { Merges } from './merge/merges.js'
import type { PeerReport } from './reports.js'
import type { RollCall } from './roll-call.js'

/**
 * The parts that the network talks to. They need the network and so come after it: what arrives before they are there
 * is dropped, and will be said again.
 */
export interface Parts {
  rollCall?: RollCall
  learner?: Learner
  merges?: Merges
  /** Whether the run's configuration lets this peer call for a merge. */
  mayCall?: boolean
  /** Ids of those whom it names; empty where anyone may. */
  callers?: readonly string[]
  status?: () => object
  /** Whether training has begun. */
  begun?: () => boolean
  /** Merges of the run. */
  periods?: number
}

/** Failures of an exchange that happen between honest peers: the peer was slow, went away, died or moved on. */
const HARMLESS: ReadonlySet<string> = new Set([
  'TIMED_OUT',
  // The stream ended within a frame.
  'TRUNCATED',
  'UNREACHABLE',
  'SNAPSHOT_GONE',
  'BUSY',
  'STOPPED',
])

export const createHandlers = ({
  parts,
  serve,
  starting,
  onReport,
  onAsked,
}: {
  readonly parts: Parts
  /** Answers a request for a snapshot. */
  readonly serve: PeerCodecs['serve']
  /** The status until there is one of the parts. */
  readonly starting: () => object
  readonly onReport: (report: PeerReport) => void
  /** A member asks for something of a merge, or whether there is a result. */
  readonly onAsked: () => void
}): NetworkHandlers => ({
  onHeads(from, message) {
    if (message.type === 'presence') return parts.rollCall?.heardPresence(from, message.presence)
    parts.rollCall?.heardHead(from, message.head)
  },
  onMerge(from, message) {
    if (message.type === 'ask') onAsked()
    parts.merges?.hear(from, message)
  },
  onPushSum: (from, message) => parts.merges?.hearNeighbour(from, message),
  onAdmitted: (peerId, presence) => parts.rollCall?.heardPresence(peerId, presence),
  onSubscribed: () => parts.rollCall?.announce(),
  onDisconnected: (peerId) => parts.rollCall?.disconnected(peerId),
  onRefused(from, code, message) {
    if (!HARMLESS.has(code)) onReport({ type: 'refused', from, code, message })
  },
  onMembers: (records) => parts.rollCall?.heardOf(records),
  snapshot: serve,
  shard(request, from) {
    onAsked()
    return parts.merges?.serve(request, from) ?? { type: 'none' }
  },
  status: () => new TextEncoder().encode(JSON.stringify((parts.status ?? starting)())),
  mergeCall: (call) => answerCall(call, parts),
  members: () => parts.rollCall?.records ?? [],
})

/** A merge ends the training of all: only members, and people on a member's own machine, may call for it. */
const answerCall = ({ loopback, member }: MergeCall, parts: Parts): MergeCallAnswer => {
  const { merges, mayCall, callers = [], rollCall, begun, periods } = parts
  if (!loopback && !member)
    return refused('NOT_ALLOWED', 'only members, and people on the machine of one, may call for the merge')
  if (!merges || !rollCall || !begun?.())
    return refused(
      'NOT_READY',
      'training has not begun yet; wait until as many members are here as the run asks for',
    )
  if (!mayCall)
    return refused(
      'NOT_ALLOWED',
      `the run file lists who may call for the merge (finalMerge.callers), and this peer is not among them; ask ${callersInWords(callersAmong(rollCall, callers))}`,
    )
  if (merges.periodsDone >= (periods ?? 1))
    return refused(
      'OVER',
      'the last merge of this run is over already, and its peers have printed the result',
    )
  merges.call()
  return { type: 'accepted' }
}

const refused = (code: string, message: string): MergeCallAnswer => ({ type: 'refused', code, message })
