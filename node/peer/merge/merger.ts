import { parseMergeId, type MergePhase } from '../../../protocols/final-merge/index.js'
import type { MergeMessage, ShardReply, ShardRequest } from '../../../protocols/wire/index.js'
import { createLaterMerges } from './later-merges.js'
import { createPart, type Part, type PartDeps } from './part.js'

export interface MergerDeps extends PartDeps {
  /** Merges of the run; messages of further ones are ignored. */
  readonly merges: number
  /** Anyone may call, members or not. */
  readonly isOpen: boolean
  /** The merge that comes next for this peer. */
  readonly next: () => number
  /** The merge that a peer begins with which hears of this one: an earlier one that this needs the result of. @default itself */
  readonly firstOf?: (merge: number) => number
}

/** The run's merges, one after the other: which one a call, a message or a question is of. */
export interface Merger {
  readonly phase: MergePhase
  /** The merge that this peer is in, was in last or, while idle, would be in next, counted from 1. */
  readonly merge: number
  /** Between call and end. */
  readonly isActive: boolean
  /** Members speak of that merge, and this peer may yet read its result. */
  isUnderWay(nowMs: number): boolean
  /**
   * Calls for this merge, or for a later one that others have begun: there is no way back. Unless this peer is in a
   * merge; one that only reads a result calls when it cannot have it.
   */
  call(merge: number, members: readonly string[]): void
  hear(from: string, message: MergeMessage): void
  frozen(frozen: { readonly weights: Float32Array; readonly samples: number }): void
  serve(request: ShardRequest): ShardReply | Promise<ShardReply>
}

export const createMerger = (deps: MergerDeps): Merger => {
  /** The only one in which anything happens. */
  let current: Part | undefined
  /** Still answers those who have not got its result. */
  let previous: Part | undefined
  const later = createLaterMerges(deps)

  /** None is opened while this peer is in another, and none before that one. */
  const open = (merge: number): Part => {
    current?.retire()
    previous = current
    current = createPart(merge, deps)
    return current
  }

  const isFree = (): boolean => !current?.isActive

  /** The merge that a message is of, if this peer knows it or begins it now. */
  const partFor = (from: string, message: MergeMessage): Part | undefined => {
    const merge = parseMergeId(message.mergeId)?.period
    if (merge === undefined || merge > deps.merges) return undefined
    const known = [current, previous].find((part) => part?.merge === merge)
    if (known || deps.isPast?.(merge)) return known
    const first = deps.firstOf?.(merge) ?? merge
    const isFirst = current?.merge === first
    if (!isFree() || first < (current?.merge ?? 0) || !(isFirst || isBegunBy(from, message, first)))
      return undefined
    const part = isFirst ? current! : open(first)
    if (first === merge) return part
    part.ask()
    return undefined
  }

  /** The next one begins with any word about it. */
  const isBegunBy = (from: string, message: MergeMessage, merge: number): boolean =>
    merge === deps.next() || later.hear(from, message, merge)

  deps.signal.addEventListener('abort', () => current?.rest(), { once: true })

  return {
    get phase() {
      return current?.phase ?? 'idle'
    },
    get merge() {
      return current?.merge ?? 1
    },
    get isActive() {
      return !isFree()
    },
    isUnderWay: (nowMs) => current?.isUnderWay(nowMs) ?? false,
    call(merge, members) {
      if (!isFree() && current?.merge !== merge) return
      const part = current && current.merge >= merge ? current : open(merge)
      part.call(members)
    },
    hear: (from, message) => partFor(from, message)?.hear(from, message),
    frozen: (frozen) => current?.frozen(frozen),
    async serve(request) {
      // An average that nobody knows of may be of the merge that is just beginning.
      const parts = [current, previous].filter(
        (part) => request.type !== 'average' || part === current || part?.knowsRoster(request.roster),
      )
      if (request.type === 'average' && previous?.knowsRoster(request.roster)) parts.reverse()
      for (const part of parts) {
        const reply = await part?.serve(request)
        if (reply && reply.type !== 'none') return reply
      }
      return { type: 'none' }
    },
  }
}
