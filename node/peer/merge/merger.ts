import { callBytes, parseMergeId, type MergePhase } from '../../../protocols/final-merge/index.js'
import type { MergeMessage, ShardReply, ShardRequest } from '../../../protocols/wire/index.js'
import { createPart, type Part, type PartDeps } from './part.js'

export interface MergerDeps extends PartDeps {
  /** Merges of the run; messages of further ones are ignored. */
  readonly merges: number
  /** Whether this peer's run has gone on without this merge: it begins nothing there, and answers others. @default none */
  readonly isPast?: (merge: number) => boolean
  /** The merge that comes next for this peer. */
  readonly next: () => number
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
  /** Unless this peer is in a merge. One that only reads a result calls when it cannot have it. */
  call(merge: number, members: readonly string[]): void
  hear(from: string, message: MergeMessage): void
  frozen(frozen: { readonly weights: Float32Array; readonly samples: number }): void
  serve(request: ShardRequest): ShardReply | Promise<ShardReply>
}

/** Merges that this peer may be behind the others: it has missed one, with its statistics. */
const MERGES_AHEAD = 2

export const createMerger = (deps: MergerDeps): Merger => {
  let current: Part | undefined
  /** Still answers those who have not got its result. */
  let previous: Part | undefined

  const open = (merge: number): Part => {
    previous?.rest()
    previous = current
    current = createPart(merge, deps)
    return current
  }

  const isFree = (): boolean => !current?.isActive

  const partOf = (merge: number): Part | undefined =>
    [current, previous].find((part) => part?.merge === merge)

  /**
   * The merge that a message is of. The next one begins with any word about it; one further on, which this peer has
   * missed the way to, with a call that is allowed.
   */
  const partFor = (message: MergeMessage): Part | undefined => {
    const id = parseMergeId(message.mergeId)
    if (!id) return undefined
    const known = partOf(id.period)
    const isAnswered = message.type === 'ask' || known?.phase === 'merged'
    if (deps.isPast?.(id.period) && !(known && isAnswered)) return undefined
    if (known || !isFree() || id.period > deps.merges || id.period < (current?.merge ?? 0)) return known
    const next = deps.next()
    const isCall =
      message.type === 'call' && id.period <= next + MERGES_AHEAD && isAllowed(message, id.period)
    return id.period === next || isCall ? open(id.period) : undefined
  }

  const isAllowed = (
    { mergeId, members, caller, signature }: MergeMessage & { readonly type: 'call' },
    merge: number,
  ): boolean =>
    deps.mayCall(caller, merge) &&
    deps.signatures.verify(caller, callBytes({ run: deps.runId, mergeId, members }), signature)

  deps.signal.addEventListener(
    'abort',
    () => {
      current?.rest()
      previous?.rest()
    },
    { once: true },
  )

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
      // Another may have begun a later one, and given it up.
      const part = partOf(merge) ?? (current && current.merge > merge ? current : open(merge))
      part.tell({ type: 'call', members })
    },
    hear: (from, message) => partFor(message)?.tell({ type: 'message', from, message }),
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
