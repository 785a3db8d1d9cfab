import { MurmurationError } from '../protocols/errors.js'
import { createGossipLearning, createSchedule } from '../protocols/gossip-learning/index.js'
import type { MergeOutcome, MergeTiming } from '../protocols/final-merge/index.js'
import { hash32 } from '../protocols/random.js'
import { encodeRunConfiguration, runIdOf, type RunConfiguration } from '../protocols/run/index.js'
import { createTopology } from '../protocols/topology/index.js'
import type { Examples } from '../protocols/training/contract.js'
import { createNetwork, type MergeCallAnswer, type Network, type NetworkLogger } from './network/index.js'
import { createLearner, type Learner } from './peer/learner.js'
import { createMerger, defaultMergeTiming, type Merger } from './peer/merger.js'
import type { PeerReport, PeerResult } from './peer/reports.js'
import { createRollCall, type RollCall } from './peer/roll-call.js'
import { createSnapshots } from './peer/snapshots.js'
import { createTrainer, layoutOf, type BackendChoice, type ThreadTrainer } from './trainer/index.js'

export type { MemberChange, PeerReport, PeerResult, RoundReport } from './peer/reports.js'

/** What ends a peer before its run is over. */
export class PeerError extends MurmurationError<'FOREIGN_EXAMPLES' | 'MERGE_ABANDONED' | 'STOPPED'> {}

/** A peer that starts this many rounds behind the others begins from a neighbour's snapshot. Guess: before, little is lost. */
const LATE_ROUNDS = 5
/** A finished peer waits for the others at least this long before it calls for the merge, and as long as it has trained. Guess. */
const PATIENCE_MIN_MS = 10_000

export interface PeerOptions {
  readonly configuration: RunConfiguration
  readonly identity: Uint8Array
  readonly name: string
  readonly train: Examples
  readonly test: Examples
  readonly listen: readonly string[]
  /** Multiaddrs of members to contact first. */
  readonly dial: readonly string[]
  readonly mdns: boolean
  readonly backend?: BackendChoice
  /** Every how many rounds the local model is evaluated. @default 1 */
  readonly evaluateEvery?: number
  readonly mergeTiming?: MergeTiming
  readonly log?: NetworkLogger
  readonly onReport: (report: PeerReport) => void
}

export interface Peer {
  readonly id: string
  addresses(): string[]
  /** Connects to a member, by multiaddr. @throws NetworkError */
  dial(address: string): Promise<void>
  /** Calls for the final merge now. */
  callMerge(): void
  /** The newest model of this peer, once it has trained. */
  readonly weights: Float32Array | undefined
  /** The backend that trains. */
  readonly backend: string
  /** Resolves when the merge is done; rejects when the peer fails or is stopped before. The peer then still answers others. */
  readonly result: Promise<PeerResult>
  /** Says goodbye and frees everything. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * The composition root: one member of one run, wired from network, trainer, engine and merge.
 * @throws NetworkError ADDRESS_IN_USE, BAD_ADDRESS, …; TrainerError; PeerError FOREIGN_EXAMPLES. Nothing then runs on.
 */
export const createPeer = async (options: PeerOptions): Promise<Peer> => {
  const { configuration, name, onReport } = options
  const startedMs = performance.now()
  const stopping = new AbortController()
  const { signal } = stopping
  assertExamplesFit(configuration, options.train, options.test)
  const layout = layoutOf(configuration.model, configuration.inputShape, configuration.classes)
  const snapshots = createSnapshots()

  let resolveResult!: (result: PeerResult) => void
  let rejectResult!: (error: unknown) => void
  const result = new Promise<PeerResult>((resolve, reject) => {
    resolveResult = resolve
    rejectResult = reject
  })
  // Whoever waits for it sees the rejection; nobody has to.
  result.catch(() => {})

  let rollCall: RollCall | undefined
  let learner: Learner | undefined
  let merger: Merger | undefined

  const network = await createNetwork({
    identity: options.identity,
    listen: options.listen,
    mdns: options.mdns,
    name,
    run: { runId: runIdOf(configuration), layout, configuration: encodeRunConfiguration(configuration) },
    ...(options.log ? { log: options.log } : {}),
    handlers: {
      onHeads(from, message) {
        if (message.type === 'presence') return rollCall?.heardPresence(from, message.presence)
        rollCall?.heardHead(from, message.head)
        learner?.dispatch({ type: 'head', from, head: message.head })
      },
      onMerge: (from, message) => merger?.hear(from, message),
      onAdmitted: (peerId, presence) => rollCall?.heardPresence(peerId, presence),
      onSubscribed: () => rollCall?.announce(),
      onDisconnected: (peerId) => rollCall?.disconnected(peerId),
      onRefused: (from, code, message) => onReport({ type: 'refused', from, code, message }),
      onMembers: (records) => rollCall?.heardOf(records),
      snapshot: (request) => snapshots.find(request),
      status: () => new TextEncoder().encode(JSON.stringify(statusOf())),
      mergeCall: ({ loopback, member }): MergeCallAnswer => {
        if (!loopback && !member) {
          return {
            type: 'refused',
            code: 'NOT_ALLOWED',
            message: 'only members, and people on the same machine, may call for the merge',
          }
        }
        merger?.call(rollCall?.members ?? [])
        return { type: 'accepted' }
      },
      members: () => rollCall?.records ?? [],
    },
  })

  const trainer = await startTrainer(options, network, signal)
  const engine = createGossipLearning<Float32Array>({
    self: network.peerId,
    seed: configuration.seed,
    topology: createTopology(configuration.topology, configuration.seed),
    schedule: createSchedule(configuration.schedule, configuration),
    mode: configuration.mode,
    mixing: configuration.mixing,
    catchUp: configuration.catchUp,
    rounds: configuration.rounds,
    localSteps: configuration.localSteps,
    // Above every version of an earlier life of this peer, as long as the clock does not go back.
    firstVersion: Date.now(),
  })

  const fail = (error: unknown): void => {
    rejectResult(error)
    stopping.abort()
  }

  let finishedMs: number | undefined
  const onFinished = (round: number): void => {
    finishedMs = performance.now()
    onReport({ type: 'finished', round })
    callMergeWhenDue()
  }

  learner = createLearner({
    engine,
    trainer,
    network,
    snapshots,
    layout,
    rule: configuration.rule,
    evaluateEvery: options.evaluateEvery ?? 1,
    signal,
    onRound(round) {
      const { bytesSent, bytesReceived } = network.stats()
      onReport({ type: 'round', ...round, bytesSent, bytesReceived, members: rollCall!.members.length })
    },
    onFinished,
    onFrozen(frozen) {
      onReport({ type: 'merging', members: rollCall!.members.length })
      localWeights = frozen.weights
      merger!.frozen(frozen)
    },
    fail,
  })
  let localWeights: Float32Array | undefined

  merger = createMerger({
    self: network.peerId,
    trainer,
    network,
    snapshots,
    layout,
    timing: options.mergeTiming ?? defaultMergeTiming,
    signal,
    freeze: () => learner.dispatch({ type: 'freeze' }),
    onMerged: (outcome, weights) => {
      conclude(outcome, weights).then(resolveResult, fail)
    },
    onAbandoned(reason, missing) {
      onReport({ type: 'abandoned', reason, missing })
      rejectResult(
        new PeerError(
          'MERGE_ABANDONED',
          `the final merge was abandoned: ${reason}. The local model is untouched and is kept.`,
          { missing },
        ),
      )
    },
    fail,
  })

  /** Evaluated one after the other, before and after. */
  const conclude = async (outcome: MergeOutcome, weights: Float32Array): Promise<PeerResult> => {
    const local = await trainer.evaluate(localWeights!)
    const merged = await trainer.evaluate(weights)
    const { bytesSent, bytesReceived } = network.stats()
    return {
      ...outcome,
      weights,
      localAccuracy: local.accuracy,
      mergedAccuracy: merged.accuracy,
      bytesSent,
      bytesReceived,
      seconds: (performance.now() - startedMs) / 1000,
    }
  }

  /** Once all present have finished, or patience with the slow ones is over. Whoever is first calls; all may. */
  const callMergeWhenDue = (): void => {
    if (finishedMs === undefined || merger.phase !== 'idle') return
    const others = rollCall!.members.filter((id) => id !== network.peerId)
    const waited = performance.now() - finishedMs
    const patience = Math.max(PATIENCE_MIN_MS, finishedMs - startedMs)
    if (waited < patience && !others.every((id) => rollCall!.headOf(id)?.finished)) return
    merger.call(rollCall!.members)
  }

  let begun = false
  const beginWhenEnough = (): void => {
    const { length } = rollCall!.members
    if (begun || initialWeights === undefined || length < configuration.minPeers) return
    begun = true
    const furthest = Math.max(...rollCall!.members.map((id) => rollCall!.headOf(id)?.round ?? 0))
    const late = furthest >= LATE_ROUNDS
    onReport({ type: 'started', members: length, late })
    learner.dispatch({ type: 'start', weights: initialWeights, late })
  }
  let initialWeights: Float32Array | undefined

  rollCall = createRollCall({
    network,
    name,
    signal,
    onChange(change) {
      onReport({ type: 'member', ...change })
      learner.dispatch({ type: 'members', members: rollCall!.members })
      if (!begun)
        onReport({ type: 'waiting', members: rollCall!.members.length, needed: configuration.minPeers })
    },
    onTick() {
      beginWhenEnough()
      callMergeWhenDue()
    },
  })

  const statusOf = () => ({
    id: network.peerId,
    name,
    runId: runIdOf(configuration),
    model: configuration.model,
    phase: merger === undefined || merger.phase === 'idle' ? engine.state.phase : merger.phase,
    round: engine.state.round,
    rounds: configuration.rounds,
    samples: engine.state.samples,
    backend: trainer.backend,
    members: (rollCall?.members ?? []).map((id) => {
      const head = rollCall?.headOf(id)
      return {
        id,
        name:
          id === network.peerId ? name : (rollCall?.records.find((record) => record.id === id)?.name ?? null),
        round: id === network.peerId ? engine.state.round : (head?.round ?? null),
        accuracy: head?.accuracy ?? null,
        finished: id === network.peerId ? engine.state.phase === 'finished' : (head?.finished ?? false),
      }
    }),
    ...network.stats(),
  })

  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      rollCall.announce(true)
      rejectResult(new PeerError('STOPPED', 'the peer was stopped before the merge was done'))
      stopping.abort()
      await Promise.all([network.stop(), trainer.close()])
    })()
    return stopped
  }

  try {
    initialWeights = await trainer.initialWeights(initialSeed(configuration, network.peerId))
    onReport({
      type: 'listening',
      id: network.peerId,
      addresses: network.addresses(),
      backend: trainer.backend,
      backendReason: trainer.backendReason,
    })
    for (const address of options.dial) await network.dial(address)
    rollCall.announce()
    beginWhenEnough()
  } catch (error) {
    await stop()
    throw error
  }

  return {
    id: network.peerId,
    addresses: () => network.addresses(),
    dial: async (address) => void (await network.dial(address)),
    callMerge: () => merger.call(rollCall.members),
    get weights() {
      return learner.weights
    },
    backend: trainer.backend,
    result,
    stop,
  }
}

/** The trainer starts when the port is ours: a taken port should say so at once. */
const startTrainer = async (
  options: PeerOptions,
  network: Network,
  signal: AbortSignal,
): Promise<ThreadTrainer> => {
  const { configuration, train, test } = options
  try {
    return await createTrainer({
      model: configuration.model,
      train,
      test,
      optimizer: configuration.optimizer,
      batch: configuration.batch,
      // Every peer draws its minibatches in an order of its own.
      seed: seedFor(configuration.seed, network.peerId),
      ...(options.backend ? { backend: options.backend } : {}),
      signal,
    })
  } catch (error) {
    await network.stop()
    throw error
  }
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
