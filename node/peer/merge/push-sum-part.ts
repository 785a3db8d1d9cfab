import {
  createPushSum,
  type PushSumEffect,
  type PushSumEvent,
  type PushSumMessage,
  type PushSumPhase,
  type PushSumTiming,
} from '../../../protocols/final-merge/push-sum/index.js'
import type { MergeOutcome } from '../../../protocols/final-merge/index.js'
import type { Layout } from '../../../protocols/model/index.js'
import type { Topology } from '../../../protocols/topology/index.js'
import type { ShardReply, ShardRequest } from '../../../protocols/wire/index.js'
import { describeSnapshot, type Network, type PulledSum } from '../../network/index.js'
import { createSlicedMass } from './push-sum-mass.js'
import { pushSumNeighbours } from './push-sum-neighbours.js'
import { createOutbox } from './push-sum-outbox.js'
import { createServing } from './push-sum-serving.js'

export interface PushSumPartDeps {
  readonly self: string
  readonly merge: number
  /** Which call for it. */
  readonly sequence: number
  readonly mergeId: string
  /** Different in each process. */
  readonly session: string
  readonly tolerance: number
  readonly timing: PushSumTiming
  readonly topology: Topology
  readonly layout: Layout
  readonly network: Pick<Network, 'pullSum' | 'tell'>
  readonly signal: AbortSignal
  /** Asks for the local model, which comes through `frozen`. */
  readonly freeze: () => void
  /** The call, for those who are no neighbours. */
  readonly gossipCall: (members: readonly string[]) => void
  /** @param error estimated distance of the result from the average, relative. */
  readonly onMerged: (outcome: MergeOutcome, weights: Float32Array, error: number) => void
  readonly onAbandoned: (reason: string, missing: readonly string[]) => void
  readonly fail: (error: unknown) => void
}

/** One push-sum merge, as this peer sees it: carries out what the machine asks for. */
export interface PushSumPart {
  readonly merge: number
  readonly sequence: number
  readonly mergeId: string
  readonly phase: PushSumPhase
  /** There is a result, or none will come. */
  readonly isOver: boolean
  call(members: readonly string[]): void
  hear(from: string, message: PushSumMessage): void
  /** The model is borrowed until the mass is made of it. @param share its part in the average. */
  frozen(weights: Float32Array, share: number): void
  gone(member: string): void
  serve(request: ShardRequest, from: string): ShardReply | Promise<ShardReply>
  /** Ends without a result; the owner is told. */
  giveUp(reason: string): void
  /** Frees everything; nobody is told. */
  stop(): void
}

const NONE: ShardReply = { type: 'none' }

export const createPushSumPart = (deps: PushSumPartDeps): PushSumPart => {
  const { self, mergeId, network, layout, topology } = deps
  /** Aborts when this peer has no more use for others' mass, and with the peer. */
  const ending = new AbortController()
  const ended = AbortSignal.any([deps.signal, ending.signal])
  const machine = createPushSum({ ...deps, neighbours: [] })
  const outbox = createOutbox((to, message) => network.tell(to, message), deps.signal)
  const serving = createServing(deps.session, layout)
  const neighbours = new Set<string>()
  /** All who were ever expected. */
  const named = new Set<string>()
  let mass = createSlicedMass(mergeId)
  let members: readonly string[] = []
  let outcome: 'merged' | 'abandoned' | undefined
  let tick: NodeJS.Timeout | undefined
  /** Work on vectors, one piece after the other. */
  let vectors = Promise.resolve()

  const dispatch = (event: PushSumEvent, pulled?: PulledSum): void => {
    if (deps.signal.aborted || outcome === 'abandoned') return
    const effects = machine.handle(event, performance.now())
    const fresh = meetNeighbours()
    for (const effect of effects) perform(effect, pulled)
    if (fresh.length > 0) dispatch({ type: 'neighbours', neighbours: fresh })
  }

  /** Those that the topology has added. Nobody is taken away: who is gone must hear that it counts as gone. */
  const meetNeighbours = (): readonly string[] => {
    if (machine.members === members) return []
    members = machine.members
    for (const id of members) named.add(id)
    const fresh = pushSumNeighbours(topology, { members, self }).filter((id) => !neighbours.has(id))
    for (const id of fresh) neighbours.add(id)
    return fresh
  }

  const missing = (from: readonly string[]): string[] => [...named].filter((id) => !from.includes(id)).sort()

  /** Starts work whose failure is ours and ends the peer. */
  const work = (promise: Promise<void>): void => {
    promise.catch((error: unknown) => {
      if (!deps.signal.aborted) deps.fail(error)
    })
  }

  const inOrder = (step: () => Promise<void> | void): void => {
    vectors = vectors.then(() => (ended.aborted ? undefined : step()))
    work(vectors)
  }

  const perform = (effect: PushSumEffect, pulled: PulledSum | undefined): void => {
    switch (effect.type) {
      case 'freeze':
        return deps.freeze()
      case 'say':
        for (const to of neighbours) outbox.post(to, effect.message)
        if (effect.message.type === 'call') deps.gossipCall(effect.message.members)
        return
      case 'tell':
        return outbox.post(effect.to, effect.message)
      case 'pull':
        return work(pull(effect.from, effect.newerThan))
      case 'absorb': {
        const { label, sum } = pulled!
        return inOrder(() => mass.absorb(effect.from, { sum, weight: label.weight }, effect.isNewSegment))
      }
      case 'split':
        return inOrder(() => split(effect))
      case 'serve':
        // Carried out where the question arrived.
        return
      case 'release':
        return inOrder(() => serving.release(effect.segment))
      case 'forget':
        serving.forget(effect.from)
        return inOrder(() => mass.forget(effect.from))
      case 'project': {
        const { epoch } = effect
        return inOrder(async () => dispatch({ type: 'projected', epoch, values: await mass.values() }))
      }
      case 'setTick':
        clearTimeout(tick)
        tick = setTimeout(() => dispatch({ type: 'tick' }), effect.atMs - performance.now())
        return
      case 'merged':
        clearTimeout(tick)
        return inOrder(() => conclude(effect))
      case 'abandoned':
        return giveUp(effect.reason)
    }
  }

  const pull = async (from: string, newerThan: number): Promise<void> => {
    let pulled: PulledSum | null
    try {
      pulled = await network.pullSum({ from, mergeId, newerThan, layout, signal: ended })
    } catch {
      // A peer's fault or the network's: counted and reported where it happened.
      return dispatch({ type: 'pullEnded', from, answered: false })
    }
    if (!pulled) return dispatch({ type: 'pullEnded', from, answered: true })
    dispatch({ type: 'pulled', from, label: pulled.label }, pulled)
  }

  const split = async (effect: PushSumEffect & { readonly type: 'split' }): Promise<void> => {
    const { segment, version, epoch, readers } = effect
    const values = await mass.values()
    const sum = await mass.split({ readers: readers.length, before: serving.newest(segment) })
    serving.give(segment, { sum, version, epoch })
    dispatch({ type: 'split', version, weight: sum.weight, values })
  }

  const conclude = async (effect: PushSumEffect & { readonly type: 'merged' }): Promise<void> => {
    const weights = await mass.result()
    if (!weights) return giveUp('the average is no number: a member has sent poison')
    const { digest } = await describeSnapshot(weights)
    if (ended.aborted) return
    const { error, members: roster } = effect
    // Nobody else has these very bits.
    const known = { roster, agreed: [self], missing: missing(roster), certificate: undefined }
    end('merged')
    deps.onMerged({ mergeId, ...known, digest, attempts: deps.sequence }, weights, error)
  }

  const release = (): void => {
    clearTimeout(tick)
    ending.abort()
    serving.clear()
    mass = createSlicedMass(mergeId)
  }

  const end = (how: 'merged' | 'abandoned'): void => {
    outcome = how
    release()
  }

  const giveUp = (reason: string): void => {
    if (outcome) return
    end('abandoned')
    deps.onAbandoned(reason, missing(machine.members))
  }

  deps.signal.addEventListener('abort', release, { once: true })

  return {
    ...{ merge: deps.merge, sequence: deps.sequence, mergeId },
    get phase() {
      return outcome ?? machine.phase
    },
    get isOver() {
      return outcome !== undefined
    },
    call: (ids) => dispatch({ type: 'call', members: ids }),
    hear: (from, message) => dispatch({ type: 'message', from, message }),
    frozen(weights, share) {
      inOrder(async () => {
        await mass.create(weights, share)
        dispatch({ type: 'frozen', share })
      })
    },
    gone(member) {
      if (!outcome && machine.members.includes(member)) dispatch({ type: 'gone', member })
    },
    serve(request, from) {
      if (request.type === 'piece') return serving.piece(from, request)
      if (request.type !== 'sum' || request.mergeId !== mergeId || outcome) return NONE
      const event = { type: 'asked', from, version: request.newerThan } as const
      const [effect] = machine.handle(event, performance.now())
      if (effect?.type !== 'serve' || effect.segment === null) return NONE
      return serving.manifest(from, { segment: effect.segment, after: effect.after })
    },
    giveUp,
    stop: () => end('abandoned'),
  }
}
