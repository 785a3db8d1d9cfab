import { randomInt } from 'node:crypto'
import {
  mergeIdOf,
  newestClaimedCall,
  type MergeEffect,
  type MergeEvent,
  type MergeFault,
  type MergeKernels,
  type MergeOutcome,
  type MergePhase,
  type MergeTiming,
  type Signatures,
} from '../../../protocols/final-merge/index.js'
import { createRandom } from '../../../protocols/random.js'
import type { Trainer } from '../../../protocols/training/contract.js'
import type { MergeMessage, ShardReply, ShardRequest } from '../../../protocols/wire/index.js'
import type { Network } from '../../network/index.js'
import type { Snapshots } from '../snapshots.js'
import { fetchMsFor } from './fetch-times.js'
import { createMoving } from './moving.js'
import { createQuestions } from './questions.js'
import { createShards } from './shards.js'
import type { Subject } from './subject.js'
import { createWholeModels } from './whole-models.js'

/** How a merge came to nothing. */
export type GaveUp = Pick<MergeEffect & { readonly type: 'abandoned' }, 'reason' | 'missing' | 'isDisturbed'>

export interface PartDeps {
  readonly self: string
  readonly runId: string
  readonly signatures: Signatures
  /** See `MergeConfig`. */
  readonly claim: (slot: string, value: string) => boolean
  /** Slots of whatever was claimed so far, in earlier lives too. @default none */
  readonly claimed?: () => readonly string[]
  readonly mayCall: (id: string, merge: number) => boolean
  readonly trainer: Trainer
  /** Of this thread. @default plain code */
  readonly kernels?: MergeKernels
  readonly network: Network
  readonly snapshots: Snapshots
  /** Sorted ids of the members that are here, or that a merge of statistics is of; this peer among them. */
  readonly members?: (merge: number) => readonly string[]
  /** Whether this peer's run has gone on without this merge: it begins nothing there, and answers others. @default none */
  readonly isPast?: (merge: number) => boolean
  readonly subjectOf: (merge: number) => Subject
  /** For so many members named in the call. */
  readonly timing: (subject: Subject, members: number) => MergeTiming
  readonly signal: AbortSignal
  /** Asks for the vector of this merge to be frozen; the answer comes through `frozen`. */
  readonly freeze: (merge: number) => void
  readonly onMerged: (merge: number, outcome: MergeOutcome, weights: Float32Array) => void
  /** Every member that was named has the result. */
  readonly onSettled?: (merge: number) => void
  /** The vector may change again. */
  readonly onAbandoned: (merge: number, gaveUp: GaveUp) => void
  readonly onAccused: (id: string, fault: MergeFault) => void
  readonly fail: (error: unknown) => void
}

/** One merge, as this peer sees it. */
export interface Part {
  /** Counted from 1. */
  readonly merge: number
  readonly phase: MergePhase
  /** Between call and end. */
  readonly isActive: boolean
  /** Members speak of it, and this peer may yet read its result. */
  isUnderWay(nowMs: number): boolean
  call(members: readonly string[]): void
  hear(from: string, message: MergeMessage): void
  /** Others have gone on from it: asks for its result, until there is a call that the machine goes by. */
  ask(): void
  frozen(frozen: { readonly weights: Float32Array; readonly samples: number }): void
  /** Whether averages over it are, or could be, served. */
  knowsRoster(digest: string): boolean
  serve(request: ShardRequest): ShardReply | Promise<ShardReply>
  /** From now on it only answers those who have not got its result: it freezes, calls, reads and gives up nothing. */
  retire(): void
  /** Does nothing by itself any more. */
  rest(): void
}

const IDLE: ReadonlySet<MergePhase> = new Set(['idle', 'merged', 'abandoned'])
/** Repetitions between the first two questions: see `ASK_EVERY_MIN` of the reduce-scatter. */
const ASK_EVERY = 4

/** Carries out what the machine of one merge asks for. */
export const createPart = (merge: number, deps: PartDeps): Part => {
  const { self, network, trainer, snapshots, signal } = deps
  const subject = deps.subjectOf(merge)
  const shards = createShards({
    ...{ self, subject, network, signal, kernels: deps.kernels },
    // About as many as the call names are here.
    fetchMs: (what) => fetchMsFor(deps.timing(subject, deps.members?.(merge).length ?? 1), what),
    onWanted(roster, chunk) {
      if (shards.store.hasRoster(roster)) dispatch({ type: 'wanted', chunk })
    },
  })
  const callsBefore = newestClaimedCall(deps.claimed?.() ?? [], merge)
  const whole = createWholeModels({ self, trainer, network, snapshots, layout: subject.layout, signal })
  const machine = subject.method.create({
    ...{ self, run: deps.runId, period: merge, timing: (members) => deps.timing(subject, members) },
    ...{ chunks: shards.store.chunks, chunkBytes: shards.chunkBytes, weighting: subject.weighting },
    rule: { name: subject.rule.name, linear: subject.rule.sharded.linear },
    ...{ signatures: deps.signatures, claim: deps.claim, callsBefore },
    ...(deps.members ? { members: () => deps.members!(merge) } : {}),
    mayCall: (id) => deps.mayCall(id, merge),
    // Nobody may guess which chunks are looked at.
    random: createRandom(randomInt(2 ** 47), randomInt(2 ** 47)),
  })
  let isRetired = false
  let tick: NodeJS.Timeout | undefined

  const dispatch = (event: MergeEvent): void => {
    if (signal.aborted || (isRetired && event.type !== 'message')) return
    for (const effect of machine.handle(event, performance.now())) perform(effect)
  }

  /** Starts work whose failure is ours and ends the peer. */
  const work = (promise: Promise<void>): void => {
    promise.catch((error: unknown) => {
      if (!signal.aborted) deps.fail(error)
    })
  }

  const perform = (effect: MergeEffect): void => {
    switch (effect.type) {
      case 'freeze':
        return deps.freeze(merge)
      case 'broadcast':
        return work(network.publishMerge(effect.message))
      case 'setTick':
        questions.end()
        clearTimeout(tick)
        tick = setTimeout(() => dispatch({ type: 'tick' }), effect.atMs - performance.now())
        return
      case 'accused':
        return deps.onAccused(effect.id, effect.fault)
      case 'merged': {
        const { type: _type, ...outcome } = effect
        return deps.onMerged(merge, outcome, shards.result(outcome.digest) ?? whole.averaged!)
      }
      case 'settled':
        return deps.onSettled?.(merge)
      case 'abandoned':
        return deps.onAbandoned(merge, effect)
      default:
        return move(effect)
    }
  }
  const move = createMoving({ shards, whole, held: () => machine.held, dispatch, work })

  const questions = createQuestions(
    () => perform({ type: 'broadcast', message: { type: 'ask', mergeId: mergeIdOf(merge, 1) } }),
    ASK_EVERY * deps.timing(subject, 1).repeatMs,
  )
  const rest = (): void => {
    questions.end()
    clearTimeout(tick)
  }

  return {
    merge,
    get phase() {
      return machine.phase
    },
    get isActive() {
      return !IDLE.has(machine.phase)
    },
    isUnderWay: (nowMs) => machine.isUnderWay?.(nowMs) ?? false,
    call: (members) => dispatch({ type: 'call', members }),
    hear(from, message) {
      // Whoever has a result says so to all; whoever has none says again what it voted for.
      const isAnswered = message.type === 'ask' || machine.phase === 'merged'
      if ((isRetired || deps.isPast?.(merge)) && !isAnswered) return
      dispatch({ type: 'message', from, message })
    },
    ask() {
      if (tick === undefined && !signal.aborted) questions.begin()
    },
    frozen({ weights, samples }) {
      // Asked for by a merge that is over: what was frozen there must not change what is held for this one.
      if (machine.phase !== 'freezing') return
      const isWhole = subject.method.name === 'all-to-all'
      const frozen = isWhole ? whole.freeze(weights, samples) : shards.freeze(weights)
      work(frozen.then((digest) => dispatch({ type: 'frozen', digest, samples })))
    },
    knowsRoster: (digest) => shards.store.knowsRoster(digest),
    serve: (request) => shards.serve(request),
    retire() {
      isRetired = true
      rest()
    },
    rest,
  }
}
