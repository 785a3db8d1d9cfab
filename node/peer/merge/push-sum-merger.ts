import { randomBytes } from 'node:crypto'
import {
  callBytes,
  mergeIdOf,
  parseMergeId,
  type MergeOutcome,
  type Signatures,
} from '../../../protocols/final-merge/index.js'
import type { PushSumPhase, PushSumTiming } from '../../../protocols/final-merge/push-sum/index.js'
import type { Layout } from '../../../protocols/model/index.js'
import type { Topology } from '../../../protocols/topology/index.js'
import type { MergeMessage, PushSumMessage, ShardReply, ShardRequest } from '../../../protocols/wire/index.js'
import type { Network } from '../../network/index.js'
import { createPushSumPart, type PushSumPart } from './push-sum-part.js'

export interface PushSumMergerDeps {
  readonly self: string
  readonly runId: string
  readonly signatures: Signatures
  readonly mayCall: (id: string) => boolean
  /** Everyone may. */
  readonly isOpen: boolean
  readonly network: Network
  readonly layout: Layout
  readonly topology: Topology
  readonly tolerance: number
  readonly timing: PushSumTiming
  /** How much a model counts that was trained on so many examples. */
  readonly shareOf: (samples: number) => number
  /** Merges of the run; messages of further ones are ignored. */
  readonly merges: number
  /** The merge that comes next for this peer. */
  readonly next: () => number
  readonly signal: AbortSignal
  /** Asks for the model to be frozen; the answer comes through `frozen`. */
  readonly freeze: () => void
  readonly onMerged: (merge: number, outcome: MergeOutcome, weights: Float32Array, error: number) => void
  /** The model may change again. */
  readonly onAbandoned: (merge: number, reason: string, missing: readonly string[]) => void
  readonly fail: (error: unknown) => void
}

/** The push-sum merges of a run, one after the other. */
export interface PushSumMerger {
  readonly phase: PushSumPhase
  /** Between call and end. */
  readonly isActive: boolean
  call(merge: number, members: readonly string[]): void
  /** Gossip: of all merge messages, push-sum knows the call. */
  hear(from: string, message: MergeMessage): void
  hearNeighbour(from: string, message: PushSumMessage): void
  gone(member: string): void
  frozen(frozen: { readonly weights: Float32Array; readonly samples: number }): void
  serve(request: ShardRequest, from: string): ShardReply | Promise<ShardReply>
}

type SignedCall = MergeMessage & { readonly type: 'call' }

/** Merges that this peer may be behind the others: it has missed one. */
const MERGES_AHEAD = 1

export const createPushSumMerger = (deps: PushSumMergerDeps): PushSumMerger => {
  const { self, network, signal } = deps
  const session = randomBytes(16).toString('hex')
  let current: PushSumPart | undefined
  /** Still answers those who have not heard that it is done. */
  let previous: PushSumPart | undefined
  /** The call for the current merge, by one who may call. */
  let heard: SignedCall | undefined
  /** The model of the current merge, should it begin anew. */
  let frozen: { readonly weights: Float32Array; readonly share: number } | undefined

  const isFree = (): boolean => current === undefined || current.isOver

  const open = (merge: number, sequence: number): PushSumPart => {
    if (current?.merge === merge) current.stop()
    else {
      previous?.stop()
      previous = current
    }
    heard = undefined
    const mergeId = mergeIdOf(merge, sequence)
    const part: PushSumPart = createPushSumPart({
      ...deps,
      ...{ merge, sequence, mergeId, session },
      freeze: () => (frozen ? part.frozen(frozen.weights, frozen.share) : deps.freeze()),
      gossipCall(members) {
        const call = deps.mayCall(self) ? sign(mergeId, members) : heard
        if (call) network.publishMerge(call).catch((error) => signal.aborted || deps.fail(error))
      },
      onMerged(outcome, weights, error) {
        frozen = undefined
        deps.onMerged(merge, outcome, weights, error)
      },
      onAbandoned(reason, missing) {
        frozen = undefined
        deps.onAbandoned(merge, reason, missing)
      },
    })
    current = part
    return part
  }

  const sign = (mergeId: string, members: readonly string[]): SignedCall => {
    const signature = deps.signatures.sign(callBytes({ run: deps.runId, mergeId, members }))
    return { type: 'call', mergeId, members, caller: self, signature }
  }

  const isAllowed = ({ mergeId, members, caller, signature }: SignedCall): boolean =>
    deps.mayCall(caller) &&
    deps.signatures.verify(caller, callBytes({ run: deps.runId, mergeId, members }), signature)

  const partOf = (mergeId: string): PushSumPart | undefined =>
    [current, previous].find((part) => part?.mergeId === mergeId)

  /** A later call for the merge that this peer is in, or has given up, takes the place of the earlier one. */
  const isLaterCall = ({ period, sequence }: Id): boolean =>
    current?.merge === period && current.phase !== 'merged' && sequence > current.sequence

  const isNextMerge = ({ period }: Id, ahead: number): boolean => {
    const next = deps.next()
    const isAhead = period >= next && period <= Math.min(next + ahead, deps.merges)
    return isFree() && isAhead && period > (current?.merge ?? 0)
  }

  /** Word of a merge that this peer is not in. */
  const answerStranger = (from: string, message: PushSumMessage, { period, sequence }: Id): void => {
    const known = [current, previous].find((part) => part?.merge === period)
    if (!known || sequence === known.sequence) return
    const isDone = message.type === 'state' && message.done
    if (known.phase === 'merged') {
      // It calls again because it does not know: as if it had asked in the merge that is done.
      if (!isDone) known.hear(from, { type: 'call', mergeId: known.mergeId, members: [] })
    } else if (isDone && !known.isOver) known.giveUp('the others have merged without this peer')
  }

  return {
    get phase() {
      return current?.phase ?? 'idle'
    },
    get isActive() {
      return !isFree()
    },
    call(merge, members) {
      if (!isFree()) return
      const sequence = current?.merge === merge ? current.sequence + 1 : 1
      open(merge, sequence).call(members)
    },
    hear(_from, message) {
      const id = message.type === 'call' ? parseMergeId(message.mergeId) : undefined
      if (message.type !== 'call' || !id || !isAllowed(message)) return
      const { mergeId, members, caller } = message
      const isNew = !partOf(mergeId) && (isLaterCall(id) || isNextMerge(id, MERGES_AHEAD))
      const part = isNew ? open(id.period, id.sequence) : partOf(mergeId)
      if (part && part === current) heard = message
      part?.hear(caller, { type: 'call', mergeId, members })
    },
    hearNeighbour(from, message) {
      const id = parseMergeId(message.mergeId)
      if (!id) return
      const isDone = message.type === 'state' && message.done
      // Where not everyone may call, the merge begins with a call that is signed.
      const begins = deps.isOpen && !isDone && (isNextMerge(id, 0) || (isFree() && isLaterCall(id)))
      const part = partOf(message.mergeId) ?? (begins ? open(id.period, id.sequence) : undefined)
      if (part) part.hear(from, message)
      else answerStranger(from, message, id)
    },
    gone: (member) => current?.gone(member),
    frozen({ weights, samples }) {
      if (!current || current.isOver) return
      frozen = { weights, share: deps.shareOf(samples) }
      current.frozen(weights, frozen.share)
    },
    async serve(request, from) {
      const reply = await current?.serve(request, from)
      return reply ?? { type: 'none' }
    },
  }
}

type Id = NonNullable<ReturnType<typeof parseMergeId>>
