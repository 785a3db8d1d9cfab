import './polyfills.js'
import { MurmurationError } from '../protocols/errors.js'
import type { MergeOutcome, MergeTiming } from '../protocols/final-merge/index.js'
import { createGossipLearning, createSchedule } from '../protocols/gossip-learning/index.js'
import { hash32 } from '../protocols/random.js'
import { encodeRunConfiguration, runIdOf, type RunConfiguration } from '../protocols/run/index.js'
import { createTopology } from '../protocols/topology/index.js'
import type { Examples } from '../protocols/training/contract.js'
import { createNetwork, type NetworkLogger } from './network/index.js'
import { createHandlers, type Parts } from './peer/handlers.js'
import { createLearner } from './peer/learner.js'
import { createLifecycle } from './peer/lifecycle.js'
import { createMerger, defaultMergeTiming } from './peer/merger.js'
import type { PeerReport, PeerResult } from './peer/reports.js'
import { createRollCall } from './peer/roll-call.js'
import { createSnapshots } from './peer/snapshots.js'
import { statusOf } from './peer/status.js'
import { createTrainer, layoutOf, type BackendChoice } from './trainer/index.js'

export type { MemberChange, PeerReport, PeerResult, RoundReport } from './peer/reports.js'

/** What ends a peer before its run is over. */
export class PeerError extends MurmurationError<'FOREIGN_EXAMPLES' | 'MERGE_ABANDONED' | 'STOPPED'> {}

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
  /** Every how many rounds the local model is evaluated. @default 1 */
  readonly evaluateEvery?: number
  readonly mergeTiming?: MergeTiming
  readonly log?: NetworkLogger
  readonly onReport: (report: PeerReport) => void
}

export interface Peer {
  readonly id: string
  /** The backend that trains. */
  readonly backend: string
  addresses(): string[]
  /** Connects to a member, by multiaddr. @throws NetworkError */
  dial(address: string): Promise<void>
  /** Calls for the final merge now. */
  callMerge(): void
  /** The newest model of this peer, once it has trained; borrowed. */
  readonly weights: Float32Array | undefined
  /**
   * Resolves when the merge is done; rejects when the peer fails, is stopped or the merge is abandoned. Until it is
   * stopped the peer still answers others.
   */
  readonly result: Promise<PeerResult>
  /** Says goodbye and frees everything. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * The composition root: one member of one run, wired from network, trainer, engine and merge. Siblings in node/ meet
 * only here.
 * @throws NetworkError ADDRESS_IN_USE, BAD_ADDRESS, UNREACHABLE, FOREIGN_RUN, …; TrainerError; PeerError
 *   FOREIGN_EXAMPLES. Nothing then runs on.
 */
export const createPeer = async (options: PeerOptions): Promise<Peer> => {
  const { configuration, name, onReport } = options
  const startedMs = performance.now()
  assertExamplesFit(configuration, options.train, options.test)
  const layout = layoutOf(configuration.model, configuration.inputShape, configuration.classes)
  const stopping = new AbortController()
  const { signal } = stopping
  const outcome = createOutcome()
  const fail = (error: unknown): void => {
    outcome.reject(error)
    stopping.abort()
  }

  const snapshots = createSnapshots()
  const parts: Parts = {}
  // Before the trainer, which takes longer: a taken port should say so at once.
  const network = await createNetwork({
    identity: options.identity,
    listen: options.listen,
    mdns: options.mdns,
    name,
    run: { runId: runIdOf(configuration), layout, configuration: encodeRunConfiguration(configuration) },
    handlers: createHandlers({ parts, snapshots, onReport }),
    ...(options.log ? { log: options.log } : {}),
  })
  const self = network.peerId

  try {
    const trainer = await createTrainer({
      model: configuration.model,
      train: options.train,
      test: options.test,
      optimizer: configuration.optimizer,
      batch: configuration.batch,
      // Every peer draws its minibatches in an order of its own.
      seed: seedFor(configuration.seed, self),
      ...(options.backend ? { backend: options.backend } : {}),
      signal,
    })
    const initialWeights = await trainer.initialWeights(initialSeed(configuration, self))
    const engine = createGossipLearning<Float32Array>({
      ...configuration,
      self,
      topology: createTopology(configuration.topology, configuration.seed),
      schedule: createSchedule(configuration.schedule, configuration),
      // Above every version of an earlier life of this peer, as long as the clock does not go back.
      firstVersion: Date.now(),
    })
    const shared = { network, trainer, snapshots, layout, signal, fail }
    let frozenWeights: Float32Array | undefined

    const learner = createLearner({
      ...shared,
      engine,
      rule: configuration.rule,
      evaluateEvery: options.evaluateEvery ?? 1,
      onRound(round) {
        const { bytesSent, bytesReceived } = network.stats()
        onReport({ type: 'round', ...round, bytesSent, bytesReceived, members: rollCall.members.length })
      },
      onFinished: (round) => lifecycle.finished(round),
      onFrozen(frozen) {
        onReport({ type: 'merging', members: rollCall.members.length })
        frozenWeights = frozen.weights
        merger.frozen(frozen)
      },
    })

    const merger = createMerger({
      ...shared,
      self,
      timing: options.mergeTiming ?? defaultMergeTiming,
      freeze: () => learner.dispatch({ type: 'freeze' }),
      onMerged: (merge, weights) => void conclude(merge, weights).then(outcome.resolve, fail),
      onAbandoned(reason, missing) {
        onReport({ type: 'abandoned', reason, missing })
        outcome.reject(
          new PeerError(
            'MERGE_ABANDONED',
            `the merge was abandoned: ${reason}. The local model is untouched.`,
            {
              missing,
            },
          ),
        )
      },
    })

    const rollCall = createRollCall({
      network,
      name,
      signal,
      onChange(change) {
        onReport({ type: 'member', ...change })
        const { members } = rollCall
        learner.dispatch({ type: 'members', members })
        if (!lifecycle.begun) {
          onReport({ type: 'waiting', members: members.length, needed: configuration.minPeers })
        }
      },
      onTick: () => lifecycle.tick(),
    })

    const lifecycle = createLifecycle({ configuration, self, rollCall, learner, merger, onReport })

    const conclude = async (merge: MergeOutcome, weights: Float32Array): Promise<PeerResult> => {
      const local = await trainer.evaluate(frozenWeights!)
      const merged = await trainer.evaluate(weights)
      const { bytesSent, bytesReceived } = network.stats()
      const seconds = (performance.now() - startedMs) / 1000
      const accuracies = { localAccuracy: local.accuracy, mergedAccuracy: merged.accuracy }
      return { ...merge, weights, ...accuracies, bytesSent, bytesReceived, seconds }
    }

    const status = () =>
      statusOf({ configuration, name, network, backend: trainer.backend, engine, merger, rollCall })
    Object.assign(parts, { rollCall, learner, merger, status } satisfies Parts)

    let stopped: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      rollCall.announce(true)
      outcome.reject(new PeerError('STOPPED', 'the peer was stopped before the merge was done'))
      stopping.abort()
      await Promise.all([network.stop(), trainer.close()])
    }

    onReport({
      type: 'listening',
      id: self,
      addresses: network.addresses(),
      backend: trainer.backend,
      backendReason: trainer.backendReason,
    })
    for (const address of options.dial) await network.dial(address)
    rollCall.announce()
    lifecycle.ready(initialWeights)

    return {
      id: self,
      backend: trainer.backend,
      addresses: () => network.addresses(),
      dial: async (address) => void (await network.dial(address)),
      callMerge: () => merger.call(rollCall.members),
      get weights() {
        return learner.weights
      },
      result: outcome.promise,
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    // The signal closes the trainer too.
    stopping.abort()
    await network.stop()
    throw error
  }
}

/** A promise and its ends. */
const createOutcome = () => {
  const { promise, resolve, reject } = Promise.withResolvers<PeerResult>()
  // Whoever waits for it sees the rejection; nobody has to.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** Each peer its own random numbers, the same in each run with the same seed and identity. */
const seedFor = (seed: number, peerId: string): number => hash32(`${seed} ${peerId}`)

const initialSeed = ({ init, seed }: RunConfiguration, peerId: string): number =>
  init === 'same' ? seed : seedFor(seed, peerId)

const assertExamplesFit = ({ inputShape, classes }: RunConfiguration, ...sets: readonly Examples[]): void => {
  for (const examples of sets) {
    if (examples.shape.join() === inputShape.join() && examples.classes === classes) continue
    throw new PeerError(
      'FOREIGN_EXAMPLES',
      `this run is about examples of ${inputShape.join('×')} in ${classes} classes, the data has ` +
        `${examples.shape.join('×')} in ${examples.classes}. Nothing was started; choose other data.`,
      { inputShape, classes, shape: examples.shape },
    )
  }
}
