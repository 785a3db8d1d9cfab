import { limits } from '../../limits.js'
import type { MergeMessage } from '../../wire/types.js'
import { parseMergeId } from '../merge-id.js'
import { rises } from '../rising.js'
import { callBytes, callDigest, quorumOf, type Signatures } from '../statement.js'
import { Doubling } from './doubling.js'
import { Seats, type Priority } from './seats.js'

/** A call that was checked. */
export interface Call {
  readonly mergeId: string
  readonly sequence: number
  /** Sorted. */
  readonly members: readonly string[]
  readonly caller: string
  readonly signature: Uint8Array
  readonly digest: string
  /** Members who must say the same. */
  readonly quorum: number
}

export type CallMessage = MergeMessage & { readonly type: 'call' }

const callOf = (run: string, message: CallMessage, sequence: number): Call => {
  const { mergeId, members, caller, signature } = message
  const digest = callDigest({ run, mergeId, members })
  return { mergeId, sequence, members, caller, signature, digest, quorum: quorumOf(members.length) }
}

export const messageOf = ({ mergeId, members, caller, signature }: Call): CallMessage => ({
  ...{ type: 'call', mergeId, members, caller, signature },
})

/**
 * Of two calls for one merge all follow the one that names more members, or the one with the smaller digest: an order that
 * is the same for all, whomever they know.
 */
export const isBetter = (call: Call, than: Call): boolean =>
  call.members.length === than.members.length
    ? call.digest < than.digest
    : call.members.length > than.members.length

/** The calls of a period that members speak of: one each, the newest, so that nobody can crowd out another's. */
export interface Calls {
  /** @returns the call, or undefined when it is not valid, not signed, or not to be taken for one of the run's. */
  hear(from: string, message: CallMessage): Call | undefined
  /** Those within reach, the newest first; of those for one merge the one that is to be followed. */
  bestFirst(): readonly Call[]
  /** Whoever is named in a call that is spoken of, within reach or not. */
  named(): readonly string[]
  /** The call that this one speaks of; undefined when it speaks of none. */
  spokenOfBy(id: string): Call | undefined
  /** Whether a caller is known to have made two calls for one merge. */
  isDoubler(caller: string): boolean
}

export interface CallsConfig {
  readonly run: string
  readonly period: number
  readonly mayCall: (id: string) => boolean
  readonly members: (() => readonly string[]) | undefined
  readonly verify: Signatures['verify']
  /** For a seat. */
  readonly priorityOf: (id: string) => Priority
  /** Sequence of the newest call to think about. */
  readonly reach: () => number
}

export const createCalls = ({
  run,
  period,
  mayCall,
  members: known,
  verify,
  priorityOf,
  reach,
}: CallsConfig): Calls => {
  const spokenOf = new Seats<Call>(priorityOf)
  const doubling = new Doubling(priorityOf)

  /**
   * One that was checked. Lists of members can be alike, so it may be by another caller; but whoever calls itself is
   * remembered as the caller: what is said of somebody else's calls must not be held against its own.
   */
  const checked = ({ digest, caller }: Call, from: string): Call | undefined => {
    let other: Call | undefined
    for (const call of spokenOf.values()) {
      if (call.digest !== digest) continue
      if (call.caller === caller) return call
      if (!doubling.does(call.caller)) other ??= call
    }
    return from === caller ? undefined : other
  }

  const isAllowed = ({ members, caller, mergeId, signature }: CallMessage): boolean =>
    mayCall(caller) &&
    members.includes(caller) &&
    (known === undefined || mayBeRead(known(), members)) &&
    verify(caller, callBytes({ run, mergeId, members }), signature)

  return {
    hear(from, message) {
      const { members, mergeId } = message
      const id = parseMergeId(mergeId)
      if (id?.period !== period) return undefined
      if (members.length === 0 || members.length > limits.mergeMembersMax || !rises(members)) return undefined
      const heard = callOf(run, message, id.sequence)
      const call = checked(heard, from) ?? (isAllowed(message) ? heard : undefined)
      if (!call) return undefined
      doubling.note(call)
      if (call.sequence >= (spokenOf.get(from)?.sequence ?? 0)) spokenOf.set(from, call)
      return call
    },
    bestFirst() {
      const newest = reach()
      return [...new Set(spokenOf.values())]
        .filter(({ sequence }) => sequence <= newest)
        .sort((a, b) => b.sequence - a.sequence || Number(isBetter(b, a)) - Number(isBetter(a, b)))
    },
    named: () => [...new Set([...spokenOf.values()].flatMap(({ members }) => members))],
    spokenOfBy: (id) => spokenOf.get(id),
    isDoubler: (caller) => doubling.does(caller),
  }
}

/**
 * Whether the result of a call may be taken from others: fewer than a third of the known are no quorum of it, all strangers with them. Of k
 * known, c named and s strangers that is 2c ≥ k + s (k / 3 + s ≤ 2 (c + s) / 3). To whoever comes late those who have left since are
 * strangers.
 */
export const mayBeRead = (known: readonly string[], named: readonly string[]): boolean => {
  const here = new Set(known)
  const common = named.filter((id) => here.has(id)).length
  return 2 * common >= here.size + (named.length - common)
}

/**
 * Whether to take part in a call, or to wait for it: it names two thirds of the members known here, and two more of them for each stranger: or whoever calls could
 * choose who decides. Of k known, c named and s strangers that is c − 2s ≥ 2k / 3. Then liars that are fewer than a third
 * of the known are no quorum, all strangers with them (3l + s < k + s < 2c), and fewer than two ninths of the known are
 * fewer than a third of those called, with all strangers (3l + 3s < 2k / 3 + 3s ≤ c + s).
 */
export const namesMostOf = (known: readonly string[], named: readonly string[]): boolean => {
  const here = new Set(known)
  const common = named.filter((id) => here.has(id)).length
  return common - 2 * (named.length - common) >= quorumOf(here.size)
}
