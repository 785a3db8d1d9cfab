import './polyfills.js'
import type { MergeTiming } from '../protocols/final-merge/index.js'
import { createGossipLearning, createSchedule } from '../protocols/gossip-learning/index.js'
import {
  encodeRunConfiguration,
  runIdOf,
  totalRounds,
  type RunConfiguration,
} from '../protocols/run/index.js'
import { limits } from '../protocols/limits.js'
import { createTopology } from '../protocols/topology/index.js'
import type { Examples } from '../protocols/training/contract.js'
import {
  createNetwork,
  createSignatures,
  type NetworkLogger,
  type PullModel,
  type SnapshotReader,
} from './network/index.js'
import { kernelsOrPlain } from './kernels/kernels-or-plain.js'
import { createModelMemory, type ModelMemory } from './kernels/model-memory.js'
import { createAnnouncer } from './peer/announcer.js'
import { createPeerCodecs } from './peer/codecs/codecs.js'
import { createCounterfactual } from './peer/counterfactual.js'
import { assertExamplesFit, PeerError } from './peer/errors.js'
import { sayFarewell } from './peer/farewell.js'
import { createHandlers, type Parts } from './peer/handlers.js'
import { createLearner, type Learner } from './peer/learner.js'
import { createLingering } from './peer/lingering.js'
import { createLifecycle, type Lifecycle } from './peer/lifecycle.js'
import { meet } from './peer/meet.js'
import { createClaims, type Claims } from './peer/merge/claims.js'
import { createMerges, MODELS_RECEIVED } from './peer/merge/merges.js'
import { mergeTimingFor } from './peer/merge/timing.js'
import type { PeerReport, PeerResult } from './peer/reports.js'
import { createOutcome } from './peer/outcome.js'
import { createPeriods } from './peer/periods.js'
import { createRollCall } from './peer/roll-call.js'
import { initialSeed, trainingSeed } from './peer/seeds.js'
import { createSnapshots } from './peer/snapshots.js'
import { startingStatus, statusOf } from './peer/status.js'
import { createTrainer, layoutOf, type BackendChoice, type ThreadTrainer } from './trainer/index.js'

export { ESTIMATE_EVERY } from './peer/counterfactual.js'
export { PeerError } from './peer/errors.js'
export { createClaims, type Claims } from './peer/merge/claims.js'
export { trainingSeed } from './peer/seeds.js'
export type { MemberChange, MergedModel, PeerReport, PeerResult, RoundReport } from './peer/reports.js'

export interface PeerOptions {
  readonly configuration: RunConfiguration
  readonly identity: Uint8Array
  readonly name: string
  readonly train: Examples
  readonly test: Examples
  /** Multiaddrs. */
  readonly listen: readonly string[]
  /** Multiaddrs of members to contact first. */
  readonly dial: readonly string[]
  readonly mdns: boolean
  readonly backend?: BackendChoice | undefined
  /**
   * What trains, for peers that share a thread; `train` are then the examples of all of them. The peer closes the trainer when it ends; where
   * `createPeer` throws, it is still its maker's. @default a thread of its own with `backend`
   */
  readonly training?: PeerTraining | undefined
  /** What this peer asks others for: a codec's name or `auto`. @default the run's */
  readonly codec?: string | undefined
  /** Every how many rounds the local model is evaluated. @default 1 */
  readonly evaluateEvery?: number
  /** Every how many evaluated rounds the merged model's accuracy is estimated; 0 for never. @default ESTIMATE_EVERY */
  readonly estimateEvery?: number
  readonly mergeTiming?: MergeTiming
  /**
   * Notes for good what this peer says in merges: false when it has said something else there in an earlier life.
   * @default forgotten with the process
   */
  readonly claims?: Claims
  readonly log?: NetworkLogger
  /** Calls off the start. Without effect once the peer is there. */
  readonly signal?: AbortSignal
  readonly onReport: (report: PeerReport) => void
}

export interface PeerTraining {
  /** On `models`. Seeded with `trainingSeed`. */
  readonly trainer: ThreadTrainer
  readonly models: ModelMemory
}

export interface Peer {
  readonly id: string
  /** The backend that trains. */
  readonly backend: string
  addresses(): string[]
  /** Connects to a member, by multiaddr. @throws NetworkError */
  dial(address: string): Promise<void>
  /** Begins to train with the members that are here, however few. */
  begin(): void
  /** Calls for the final merge now. */
  callMerge(): void
  /** Members of the run that are here, this peer among them. */
  readonly members: number
  /** The newest model of this peer, once it has trained; borrowed. */
  readonly weights: Float32Array | undefined
  /**
   * Resolves when the merge is done; rejects when the peer fails, is stopped or the merge is abandoned. Until it is
   * stopped the peer still answers others.
   */
  readonly result: Promise<PeerResult>
  /** Resolves after `result`, when all members that the merge named are known to have it, or nobody has asked for a while; rejects as it does. */
  lingered(): Promise<void>
  /** Says goodbye and frees everything. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * The composition root: one member of one run, wired from network, trainer, engine and merge. Siblings in node/ meet
 * only here.
 * @throws NetworkError ADDRESS_IN_USE, BAD_ADDRESS, UNREACHABLE, FOREIGN_RUN, …; TrainerError; PeerError
 *   FOREIGN_EXAMPLES, or STOPPED by the signal. Nothing then runs on.
 */
export const createPeer = async (options: PeerOptions): Promise<Peer> => {
  const { configuration, name } = options
  const startedMs = performance.now()
  assertExamplesFit(configuration, options.train, options.test)
  const layout = layoutOf(configuration.model, configuration.inputShape, configuration.classes)
  const stopping = new AbortController()
  const { signal } = stopping
  const onReport = (report: PeerReport): void => {
    if (!signal.aborted) options.onReport(report)
  }
  const outcome = createOutcome()
  const fail = (error: unknown): void => {
    outcome.reject(error)
    stopping.abort(error)
  }

  const models = options.training?.models ?? createModelMemory()
  const kernels = kernelsOrPlain(models)
  const snapshots = createSnapshots()
  const { codec: runCodec } = configuration
  const codec = options.codec ?? runCodec
  const codecs = createPeerCodecs({ runCodec, codec, length: layout.length, snapshots, fail })
  const parts: Parts = {}
  const starting = () => startingStatus({ configuration, name, network })
  // Before the trainer, which takes longer: a taken port should say so at once.
  const lingering = createLingering()
  const network = await createNetwork({
    identity: options.identity,
    listen: options.listen,
    mdns: options.mdns,
    name,
    run: { runId: runIdOf(configuration), layout, configuration: encodeRunConfiguration(configuration) },
    handlers: createHandlers({
      ...{ parts, starting, onReport },
      serve: (...asked) => codecs.serve(...asked),
      onAsked: () => lingering.asked(),
    }),
    ...(options.log ? { log: options.log } : {}),
    firstNonFinite: (weights) => kernels.firstNonFinite(weights),
  })
  const self = network.peerId
  let inRun: { readonly learner: Learner; readonly lifecycle: Lifecycle } | undefined
  // Before the trainer too: who says nothing while it starts would be taken for lost.
  const rollCall = createRollCall({
    network,
    name,
    signal,
    onChange(change) {
      if (!inRun) return
      onReport({ type: 'member', ...change })
      if (change.change !== 'joined') parts.merges?.gone(change.id)
      const { members } = rollCall
      inRun.learner.dispatch({ type: 'members', members })
      if (!inRun.lifecycle.begun) {
        onReport({ type: 'waiting', members: members.length, needed: configuration.minPeers })
      }
    },
    onHead: (from, head) => inRun?.learner.dispatch({ type: 'head', from, head }),
    onTick: () => inRun?.lifecycle.tick(),
  })
  parts.rollCall = rollCall
  let trainer: ThreadTrainer | undefined
  const leave = async (): Promise<void> => {
    await sayFarewell({ network, rollCall })
    stopping.abort()
    await Promise.all([network.stop(), trainer?.close(), codecs.close()])
  }
  const callOff = (): void => {
    stopping.abort()
    // Ends a dial under way.
    void leave()
  }
  options.signal?.addEventListener('abort', callOff)

  try {
    options.signal?.throwIfAborted()
    // A peer that has failed trains no longer, as its own thread would not.
    signal.addEventListener('abort', () => void options.training?.trainer.close(), { once: true })
    trainer = options.training?.trainer
    trainer ??= await createTrainer({
      model: configuration.model,
      train: options.train,
      test: options.test,
      optimizer: configuration.optimizer,
      batch: configuration.batch,
      seed: trainingSeed(configuration, self),
      models,
      ...(options.backend ? { backend: options.backend } : {}),
      signal,
    })
    const initialWeights = await trainer.initialWeights(initialSeed(configuration, self))
    const rounds = totalRounds(configuration)
    const engine = createGossipLearning<Float32Array>({
      ...configuration,
      rounds,
      self,
      headMsPerMember: limits.headMsPerMember,
      topology: createTopology(configuration.topology, configuration.seed),
      schedule: createSchedule(configuration.schedule, { rounds }),
      // Above every version of an earlier life of this peer, as long as the clock does not go back.
      firstVersion: Date.now(),
    })
    const { backend, backendReason } = trainer
    const shared = { network, trainer, snapshots, layout, signal, fail, codecs }
    const pullWith =
      (reader: SnapshotReader): PullModel =>
      (pulled) =>
        network.pullModel({ ...pulled, layout, reader, vector: (length) => models.vector(length) })
    const pull = pullWith(codecs.reader)

    const counterfactual = createCounterfactual({
      ...shared,
      pull: pullWith(codecs.passingReader),
      self,
      seed: configuration.seed,
      rollCall,
      every: options.estimateEvery,
      onEstimate: (estimate) => onReport({ type: 'estimate', ...estimate }),
    })

    const announcer = createAnnouncer({
      // In lock step everyone waits for every head.
      isPaced: configuration.mode === 'async',
      members: () => rollCall.members.length,
      publish: (head) => network.publishHead({ type: 'head', head }),
      nowMs: () => performance.now(),
      ...{ signal, fail },
    })
    const learner = createLearner({
      ...shared,
      ...{ self, announcer },
      pull,
      engine,
      rule: configuration.rule,
      evaluateEvery: options.evaluateEvery ?? 1,
      onRound(round) {
        const { bytesSent, bytesReceived, codecs } = network.stats()
        onReport({
          type: 'round',
          ...round,
          bytesSent,
          bytesReceived,
          codecs,
          members: rollCall.members.length,
        })
      },
      onEvaluated: (round) => void counterfactual.evaluated(round),
      onFinished: (round) => lifecycle.finished(round),
      onFrozen(frozen) {
        if (merges.periodsDone === configuration.periods) return
        onReport({ type: 'merging', period: merges.periodsDone + 1, members: rollCall.members.length })
        merges.frozen(frozen)
      },
    })

    const periods = createPeriods({
      ...{ configuration, trainer, network, learner, counterfactual, outcome, startedMs, onReport, fail },
      giveUp: (period, how) => lifecycle.abandoned(period, how),
    })
    const claims = options.claims ?? createClaims()
    const merges = createMerges({
      ...shared,
      self,
      configuration,
      kernels,
      signatures: createSignatures(options.identity),
      claim(slot, value) {
        try {
          return claims.claim(slot, value)
        } catch (error) {
          // What cannot be noted must not be said.
          fail(error)
          return false
        }
      },
      claimed: () => claims.slots(),
      members: () => rollCall.members,
      timing: options.mergeTiming,
      freeze() {
        counterfactual.pause()
        learner.dispatch({ type: 'freeze' })
      },
      onMerged: (merged) => periods.merged(merged),
      onAbandoned: (gaveUp, how) => periods.abandoned(gaveUp, how),
      onSettled: () => lingering.settled(),
      onAccused: (id, fault) => onReport({ type: 'accused', id, fault }),
    })

    const lifecycle = createLifecycle({
      ...{ configuration, self, rollCall, learner, merges, onReport },
      progress() {
        const { phase, round, samples } = engine.state
        return { round, samples, finished: phase === 'finished' }
      },
      onCallerless: (gaveUp) => periods.callerless(gaveUp),
    })

    const status = () =>
      statusOf({
        ...{ configuration, name, network, backend, engine, learner, merges, rollCall, counterfactual },
        awaitedCall: lifecycle.awaitedCall,
      })
    const begun = () => lifecycle.begun
    const { callers } = configuration.finalMerge
    const mayCall = callers === 'any' || callers.includes(self)
    const called: Parts = { mayCall, callers: callers === 'any' ? [] : callers }
    Object.assign(parts, {
      ...{ learner, merges, ...called, status, begun },
      periods: configuration.periods,
    } satisfies Parts)

    let stopped: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      outcome.reject(new PeerError('STOPPED', 'the peer was stopped before the merge was done'))
      await leave()
    }

    onReport({ type: 'listening', id: self, addresses: network.addresses(), backend, backendReason })
    inRun = { learner, lifecycle }
    await meet({ network, rollCall, learner, pull, dial: options.dial, signal, onReport })
    lifecycle.ready(initialWeights)
    options.signal?.removeEventListener('abort', callOff)

    return {
      id: self,
      backend,
      addresses: () => network.addresses(),
      dial: async (address) => void (await network.dial(address)),
      begin: () => lifecycle.begin(),
      callMerge: () => merges.call(),
      get members() {
        return rollCall.members.length
      },
      get weights() {
        return learner.weights
      },
      result: outcome.promise,
      async lingered() {
        const { roster } = await outcome.promise
        // Of those who merged some may have gone, and others may have come.
        const members = Math.max(roster.length, rollCall.members.length)
        const size = { parameters: layout.length, models: MODELS_RECEIVED, members }
        const { repeatMs, pullMs, agreeMs } = options.mergeTiming ?? mergeTimingFor(size)
        // As long as a result is read for at most.
        return lingering.over({ repeatMs, mostMs: pullMs + agreeMs })
      },
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    options.signal?.removeEventListener('abort', callOff)
    await leave()
    if (!options.signal?.aborted) throw error
    const message = 'the peer was stopped while it started; nothing was changed'
    throw new PeerError('STOPPED', message, {}, { cause: error })
  }
}
