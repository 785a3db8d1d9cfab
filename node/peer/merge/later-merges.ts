import { callBytes, namesMostOf, thirdOf, type Signatures } from '../../../protocols/final-merge/index.js'
import type { MergeMessage } from '../../../protocols/wire/index.js'

/** Merges that this peer may be behind the others: it has missed one, with its statistics. */
const MERGES_AHEAD = 2

export interface LaterMergesDeps {
  readonly runId: string
  readonly signatures: Signatures
  readonly mayCall: (id: string, merge: number) => boolean
  /** Anyone may call, members or not. */
  readonly isOpen: boolean
  /** Ids of the members known here. @default those whom the call names */
  readonly members?: (merge: number) => readonly string[]
  /** The merge that comes next for this peer. */
  readonly next: () => number
}

/** Merges further on than the next: this peer has missed the way there, or somebody wants it to. */
export interface LaterMerges {
  /**
   * Whether the others are there, by this message too. Whoever opens such a merge does not come back: so it takes a call
   * that members would go by, from one whom the run lists as a caller, or, where anyone may call, from a third of the
   * members known here: one of them is honest, and honest ones say again only what they take part in.
   */
  hear(from: string, message: MergeMessage, merge: number): boolean
}

export const createLaterMerges = (deps: LaterMergesDeps): LaterMerges => {
  const { runId, signatures, mayCall, isOpen, next } = deps
  /** Members who call for it, by merge. Bounded: of merges within reach, those who are known here. */
  const callers = new Map<number, ReadonlySet<string>>()

  const isAllowed = (
    { mergeId, members, caller, signature }: MergeMessage & { readonly type: 'call' },
    { merge, known }: { readonly merge: number; readonly known: readonly string[] },
  ): boolean =>
    mayCall(caller, merge) &&
    members.includes(caller) &&
    namesMostOf(known, members) &&
    signatures.verify(caller, callBytes({ run: runId, mergeId, members }), signature)

  return {
    hear(from, message, merge) {
      for (const reached of callers.keys()) if (reached <= next()) callers.delete(reached)
      if (merge > next() + MERGES_AHEAD || message.type !== 'call') return false
      const known = deps.members?.(merge) ?? message.members
      if (!isAllowed(message, { merge, known })) return false
      if (!isOpen) return true
      const speak = new Set([...(callers.get(merge) ?? []), from].filter((id) => known.includes(id)))
      callers.set(merge, speak)
      return speak.size >= thirdOf(known.length)
    },
  }
}
