import { randomInt } from 'node:crypto'
import {
  callBytes,
  mergeIdOf,
  parseMergeId,
  type MergeEffect,
  type MergeEvent,
  type MergeFault,
  type MergeMachine,
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
import { createShards, type Shards } from './shards.js'
import type { Subject } from './subject.js'
import { createWholeModels, type WholeModels } from './whole-models.js'

export interface MergerDeps {
  readonly self: string
  readonly runId: string
  readonly signatures: Signatures
  /** See `MergeConfig`. */
  readonly claim: (slot: string, value: string) => boolean
  /** Whether anything was ever claimed there. */
  readonly hasClaimed?: (slot: string) => boolean
  readonly mayCall: (id: string, merge: number) => boolean
  readonly trainer: Trainer
  readonly network: Network
  readonly snapshots: Snapshots
  /** Sorted ids of the members that are here, or that a merge of statistics is of; this peer among them. */
  readonly members?: (merge: number) => readonly string[]
  /** Merges of the run; messages of further ones are ignored. */
  readonly merges: number
  /** Whether this peer's run has gone on without this merge: it begins nothing there, and answers others. @default none */
  readonly isPast?: (merge: number) => boolean
  /** The merge that comes next for this peer. */
  readonly next: () => number
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
  readonly onAbandoned: (merge: number, reason: string, missing: readonly string[]) => void
  readonly onAccused: (id: string, fault: MergeFault) => void
  readonly fail: (error: unknown) => void
}

/** Carries out what the machines of the run's merges ask for, one merge after the other. */
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

/** One merge, as this peer sees it. */
interface Part {
  readonly merge: number
  readonly machine: MergeMachine
  readonly shards: Shards
  readonly whole: WholeModels
  /** Of the sketches asked for last. */
  seed: number
  tick?: NodeJS.Timeout
}

/** Merges that this peer may be behind the others: it has missed one, with its statistics. */
const MERGES_AHEAD = 2
/** A result that was put together is the machine's: in other phases it came too late. */
const HOLDING: ReadonlySet<MergePhase> = new Set(['ready', 'voted', 'merged'])
const IDLE: ReadonlySet<MergePhase> = new Set(['idle', 'merged', 'abandoned'])

export const createMerger = (deps: MergerDeps): Merger => {
  const { self, network, trainer, snapshots, signal } = deps
  let current: Part | undefined
  /** Still answers those who have not got its result. */
  let previous: Part | undefined

  /** A folder that is used again knows of calls that nobody else may remember. */
  const callsBefore = (merge: number): number => {
    let sequence = 0
    while (deps.hasClaimed?.(`commitment ${mergeIdOf(merge, sequence + 1)}`)) sequence += 1
    return sequence
  }

  const open = (merge: number): Part => {
    clearTimeout(previous?.tick)
    previous = current
    const subject = deps.subjectOf(merge)
    const shards = createShards({
      ...{ self, subject, network, signal },
      onWanted(roster, chunk) {
        if (shards.store.hasRoster(roster)) dispatch(part, { type: 'wanted', chunk })
      },
    })
    const part: Part = {
      ...{ merge, shards, seed: 0 },
      whole: createWholeModels({ self, trainer, network, snapshots, layout: subject.layout, signal }),
      machine: subject.method.create({
        ...{ self, run: deps.runId, period: merge, timing: (members) => deps.timing(subject, members) },
        ...{ chunks: shards.store.chunks, chunkBytes: shards.chunkBytes, weighting: subject.weighting },
        rule: { name: subject.rule.name, linear: subject.rule.sharded.linear },
        ...{ signatures: deps.signatures, claim: deps.claim, callsBefore: callsBefore(merge) },
        ...(deps.members ? { members: () => deps.members!(merge) } : {}),
        mayCall: (id) => deps.mayCall(id, merge),
        // Nobody may guess which chunks are looked at.
        random: createRandom(randomInt(2 ** 47), randomInt(2 ** 47)),
      }),
    }
    current = part
    return part
  }

  const isFree = (): boolean => current === undefined || IDLE.has(current.machine.phase)

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
    const isAnswered = message.type === 'ask' || known?.machine.phase === 'merged'
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

  const dispatch = (part: Part, event: MergeEvent): void => {
    if (signal.aborted) return
    for (const effect of part.machine.handle(event, performance.now())) perform(part, effect)
  }

  /** Starts work whose failure is ours and ends the peer. */
  const work = (promise: Promise<void>): void => {
    promise.catch((error: unknown) => {
      if (!signal.aborted) deps.fail(error)
    })
  }

  const perform = (part: Part, effect: MergeEffect): void => {
    const { merge, shards, whole } = part
    switch (effect.type) {
      case 'freeze':
        return deps.freeze(merge)
      case 'broadcast':
        return work(network.publishMerge(effect.message))
      case 'setTick':
        clearTimeout(part.tick)
        part.tick = setTimeout(() => dispatch(part, { type: 'tick' }), effect.atMs - performance.now())
        return
      case 'begin':
        return shards.store.begin(effect.roster, effect.duties)
      case 'fetch':
        return work(
          shards.fetch(effect.fetch).then((fetched) => {
            const { fetch, problem } = fetched
            if (fetch.what === 'result' && !problem) shards.hold(fetch.digest)
            dispatch(part, { type: 'fetched', fetched })
          }),
        )
      case 'reduce':
        shards.store.reduce(effect.chunk)
        return shards.wake()
      case 'check':
        part.seed = effect.seed
        return work(shards.check(effect.seed).then((bad) => bad && dispatch(part, { type: 'checked', bad })))
      case 'judge': {
        const { chunk } = effect
        return dispatch(part, { type: 'judged', chunk, ...shards.store.judge(chunk, part.seed) })
      }
      case 'assemble':
        return work(
          shards.assemble().then((digest) => {
            dispatch(part, { type: 'assembled', digest })
            if (HOLDING.has(part.machine.phase)) shards.hold(digest)
          }),
        )
      case 'accused':
        return deps.onAccused(effect.id, effect.fault)
      case 'pull': {
        const { from, digest } = effect
        return work(
          whole
            .pull(from, digest)
            .then((has) => dispatch(part, { type: has ? 'pulled' : 'pullFailed', from })),
        )
      }
      case 'average':
        return work(
          whole.average(effect.roster).then((digest) => dispatch(part, { type: 'averaged', digest })),
        )
      case 'merged': {
        const { type: _type, ...outcome } = effect
        return deps.onMerged(merge, outcome, shards.result(outcome.digest) ?? whole.averaged!)
      }
      case 'settled':
        return deps.onSettled?.(merge)
      case 'abandoned':
        return deps.onAbandoned(merge, effect.reason, effect.missing)
    }
  }

  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(current?.tick)
      clearTimeout(previous?.tick)
    },
    { once: true },
  )

  return {
    get phase() {
      return current?.machine.phase ?? 'idle'
    },
    get merge() {
      return current?.merge ?? 1
    },
    get isActive() {
      return !isFree()
    },
    isUnderWay: (nowMs) => current?.machine.isUnderWay?.(nowMs) ?? false,
    call(merge, members) {
      if (!isFree() && current?.merge !== merge) return
      // Another may have begun a later one, and given it up.
      const part = partOf(merge) ?? (current && current.merge > merge ? current : open(merge))
      dispatch(part, { type: 'call', members })
    },
    hear(from, message) {
      const part = partFor(message)
      if (part) dispatch(part, { type: 'message', from, message })
    },
    frozen({ weights, samples }) {
      const part = current
      // Asked for by a merge that is over: what was frozen there must not change what is held for this one.
      if (part?.machine.phase !== 'freezing') return
      const isWhole = deps.subjectOf(part.merge).method.name === 'all-to-all'
      const frozen = isWhole ? part.whole.freeze(weights, samples) : part.shards.freeze(weights)
      work(frozen.then((digest) => dispatch(part, { type: 'frozen', digest, samples })))
    },
    async serve(request) {
      // An average that nobody knows of may be of the merge that is just beginning.
      const parts = [current, previous].filter(
        (part) =>
          request.type !== 'average' || part === current || part?.shards.store.knowsRoster(request.roster),
      )
      if (request.type === 'average' && previous?.shards.store.knowsRoster(request.roster)) parts.reverse()
      for (const part of parts) {
        const reply = await part?.shards.serve(request)
        if (reply && reply.type !== 'none') return reply
      }
      return { type: 'none' }
    },
  }
}
