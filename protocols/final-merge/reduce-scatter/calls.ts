import { limits } from '../../limits.js'
import type { MergeMessage } from '../../wire/types.js'
import { parseMergeId } from '../merge-id.js'
import { rises } from '../rising.js'
import { callBytes, callDigest, quorumOf, type Signatures } from '../statement.js'
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
  /** Sequence of the call that this one speaks of; undefined when it speaks of none. */
  spokenOfBy(id: string): number | undefined
}

export interface CallsConfig {
  readonly run: string
  readonly period: number
  readonly mayCall: (id: string) => boolean
  readonly members: (() => readonly string[]) | undefined
  readonly verify: Signatures['verify']
  /** For a seat. */
  readonly priorityOf: (id: string) => Priority
  /** Two calls with one number by one caller: nobody honest makes them. Once for each caller. */
  readonly onDoubled: (calls: readonly [Call, Call]) => void
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
  onDoubled,
  reach,
}: CallsConfig): Calls => {
  const spokenOf = new Seats<Call>(priorityOf)
  const newestBy = new Seats<Call>(priorityOf)
  /** By caller: the number of which it made two calls. Nobody honest does, and it could split the members by each pair. */
  const doubled = new Seats<number>(priorityOf)

  const withDigest = (digest: string): Call | undefined => {
    for (const call of spokenOf.values()) if (call.digest === digest) return call
    return undefined
  }

  const isAllowed = ({ members, caller, mergeId, signature }: CallMessage): boolean =>
    mayCall(caller) &&
    members.includes(caller) &&
    (known === undefined || mayBeRead(known(), members)) &&
    verify(caller, callBytes({ run, mergeId, members }), signature)

  /** The two that it has made may both be gone by, so that all can meet in the better one; further ones may not. */
  const isOver = (call: Call): boolean => {
    const { caller, sequence, digest } = call
    const before = newestBy.get(caller)
    const isSecond = before?.sequence === sequence && before.digest !== digest
    if (isSecond && doubled.get(caller) === undefined && doubled.set(caller, sequence))
      onDoubled([before, call])
    return sequence > (doubled.get(caller) ?? sequence)
  }

  return {
    hear(from, message) {
      const { members, mergeId } = message
      const id = parseMergeId(mergeId)
      if (id?.period !== period) return undefined
      if (members.length === 0 || members.length > limits.mergeMembersMax || !rises(members)) return undefined
      const heard = callOf(run, message, id.sequence)
      const call = withDigest(heard.digest) ?? (isAllowed(message) ? heard : undefined)
      if (!call || isOver(call)) return undefined
      if (call.sequence > (newestBy.get(call.caller)?.sequence ?? 0)) newestBy.set(call.caller, call)
      if (call.sequence >= (spokenOf.get(from)?.sequence ?? 0)) spokenOf.set(from, call)
      return call
    },
    bestFirst() {
      const newest = reach()
      return [...new Set(spokenOf.values())]
        .filter(({ sequence }) => sequence <= newest)
        .sort((a, b) => b.sequence - a.sequence || (isBetter(a, b) ? -1 : 1))
    },
    named: () => [...new Set([...spokenOf.values()].flatMap(({ members }) => members))],
    spokenOfBy: (id) => spokenOf.get(id)?.sequence,
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
