import {
  allToAll,
  type MergeEffect,
  type MergeEvent,
  type MergeOutcome,
  type MergePhase,
  type MergeTiming,
} from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import type { Layout } from '../../protocols/model/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { MergeMessage } from '../../protocols/wire/index.js'
import { describeSnapshot, type Network } from '../network/index.js'
import type { Snapshots } from './snapshots.js'

/** A run has one merge, at its end. */
const MERGE_ID = 'final'
/** Bytes of one float32. */
const FLOAT_BYTES = 4

/** Bytes per second that a peer must at least receive in the merge. Guess: a slow home connection. */
const PULL_BYTES_PER_SECOND = 1_000_000
/** Milliseconds that the pulls get whatever their size. Guess. */
const PULL_MIN_MS = 10_000

/**
 * commitMs, agreeMs: guess, several times what a busy machine with dozens of peers needs. pullMs: what the models of
 * all members take, at most two whole exchanges. repeatMs: guess, once per gossipsub heartbeat.
 * @param members known when the merge begins
 */
export const mergeTimingFor = ({
  parameters,
  members,
}: {
  readonly parameters: number
  readonly members: number
}): MergeTiming => {
  const transferMs = (parameters * FLOAT_BYTES * members * 1000) / PULL_BYTES_PER_SECOND
  const pullMs = Math.min(PULL_MIN_MS + transferMs, 2 * limits.exchangeTimeoutMs)
  return { commitMs: 10_000, pullMs, agreeMs: 10_000, repeatMs: 1_000 }
}

export interface MergerDeps {
  readonly self: string
  readonly trainer: Trainer
  readonly network: Network
  readonly snapshots: Snapshots
  readonly layout: Layout
  /** Asked when the merge begins for this peer: it goes by the members of that moment. */
  readonly timing: () => MergeTiming
  readonly signal: AbortSignal
  /** Asks the learner to freeze; it answers through `frozen`. */
  readonly freeze: () => void
  readonly onMerged: (outcome: MergeOutcome, weights: Float32Array) => void
  readonly onAbandoned: (reason: string, missing: readonly string[]) => void
  readonly fail: (error: unknown) => void
}

/** Carries out what the final merge's machine asks for. */
export interface Merger {
  readonly phase: MergePhase
  call(members: readonly string[]): void
  hear(from: string, message: MergeMessage): void
  frozen(frozen: { readonly weights: Float32Array; readonly round: number; readonly samples: number }): void
}

export const createMerger = (deps: MergerDeps): Merger => {
  const { self, trainer, network, snapshots, layout, signal } = deps
  const createMachine = () => allToAll.create({ self, mergeId: MERGE_ID, timing: deps.timing() })
  let machine = createMachine()
  /** Frozen models by sender, the own among them. */
  const models = new Map<string, Float32Array>()
  /** Pulls under way: each ends as one more model. */
  let pulls = 0
  let averaged: Float32Array | undefined
  let tick: NodeJS.Timeout | undefined

  const dispatch = (event: MergeEvent): void => {
    if (signal.aborted) return
    // An idle machine knows nothing but its timing, which is of an earlier moment.
    if (machine.phase === 'idle') machine = createMachine()
    for (const effect of machine.handle(event, performance.now())) perform(effect)
  }

  const work = (promise: Promise<void>): void => {
    promise.catch((error: unknown) => {
      if (!signal.aborted) deps.fail(error)
    })
  }

  const perform = (effect: MergeEffect): void => {
    switch (effect.type) {
      case 'freeze':
        return deps.freeze()
      case 'broadcast':
        return work(network.publishMerge(effect.message))
      case 'pull':
        return work(pull(effect.from, effect.digest))
      case 'average':
        return work(average(effect.roster))
      case 'setTick':
        clearTimeout(tick)
        tick = setTimeout(() => dispatch({ type: 'tick' }), effect.atMs - performance.now())
        return
      case 'merged': {
        const { type: _type, ...outcome } = effect
        return deps.onMerged(outcome, averaged!)
      }
      case 'abandoned':
        return deps.onAbandoned(effect.reason, effect.missing)
    }
  }

  const pull = async (from: string, digest: string): Promise<void> => {
    const arrived = await fetchModel(from, digest)
    dispatch({ type: arrived ? 'pulled' : 'pullFailed', from })
  }

  /** Whether the model arrived. */
  const fetchModel = async (from: string, digest: string): Promise<boolean> => {
    if ((models.size + pulls + 1) * layout.length * FLOAT_BYTES > limits.mergeBytesMax) return false
    pulls += 1
    try {
      const snapshot = await network.pull({ from, request: { type: 'exact', digest }, layout, signal })
      if (snapshot) models.set(from, snapshot.weights)
      return snapshot !== null
    } catch {
      // A peer's fault or the network's: counted and reported where it happened.
      return false
    } finally {
      pulls -= 1
    }
  }

  /** Every model counts the same. Mixing sorts by peer id, so every peer gets the same bits. */
  const average = async (roster: readonly string[]): Promise<void> => {
    const weight = 1 / roster.length
    const contributions = roster.map((from) => ({ from, weights: models.get(from)!, weight }))
    const weights = await trainer.mix({ rule: 'mean', contributions })
    const { digest } = await describeSnapshot(weights)
    averaged = weights
    dispatch({ type: 'averaged', digest })
  }

  const frozen: Merger['frozen'] = ({ weights, round, samples }) => {
    models.set(self, weights)
    work(
      describeSnapshot(weights).then(({ bytes, leaves, digest }) => {
        const head = {
          version: 0,
          round,
          samples,
          digest,
          degree: 0,
          finished: true,
          loss: null,
          accuracy: null,
        }
        snapshots.pin({ head, layout: layout.fingerprint, bytes, leaves })
        dispatch({ type: 'frozen', digest, samples })
      }),
    )
  }

  signal.addEventListener('abort', () => clearTimeout(tick), { once: true })

  return {
    get phase() {
      return machine.phase
    },
    call: (members) => dispatch({ type: 'call', members }),
    hear: (from, message) => dispatch({ type: 'message', from, message }),
    frozen,
  }
}
