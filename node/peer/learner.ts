import type { GossipEffect, GossipEvent, GossipLearning } from '../../protocols/gossip-learning/index.js'
import type { Layout } from '../../protocols/model/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { Head } from '../../protocols/wire/index.js'
import { describeSnapshot, type PullModel } from '../network/index.js'
import type { Announcer } from './announcer.js'
import type { PeerCodecs } from './codecs/codecs.js'
import type { EvaluatedRound } from './counterfactual.js'
import type { Snapshots } from './snapshots.js'

export interface LearnerDeps {
  readonly engine: GossipLearning<Float32Array>
  readonly trainer: Trainer
  readonly self: string
  readonly announcer: Announcer
  readonly pull: PullModel
  readonly snapshots: Snapshots
  readonly codecs: Pick<PeerCodecs, 'mixOf'>
  readonly layout: Layout
  /** Averaging rule by name. */
  readonly rule: string
  /** Every how many rounds the mixed model is evaluated; 0 for never. */
  readonly evaluateEvery: number
  readonly signal: AbortSignal
  readonly onRound: (round: LearnerRound) => void
  /** After `onRound`, when the mixed model was evaluated. */
  readonly onEvaluated: (round: EvaluatedRound) => void
  readonly onFinished: (round: number) => void
  readonly onFrozen: (frozen: {
    readonly weights: Float32Array
    readonly round: number
    readonly samples: number
  }) => void
  /** A failure that ends the peer: training diverged, the thread died. */
  readonly fail: (error: unknown) => void
}

export interface LearnerRound {
  readonly round: number
  readonly loss: number
  readonly accuracy: number | null
  readonly mixedFrom: readonly string[]
  readonly weights: Float32Array
}

/** Carries out what the gossip-learning engine asks for, and brings the outcomes back to it. */
export interface Learner {
  dispatch(event: GossipEvent<Float32Array>): void
  /** The newest mixed model, or merged one that training goes on from, once there is one. */
  readonly weights: Float32Array | undefined
  /** The model as it was frozen for a merge, until training goes on; else `weights`. */
  readonly local: Float32Array | undefined
  /** As last evaluated. */
  readonly accuracy: number | null
}

export const createLearner = (deps: LearnerDeps): Learner => {
  const { engine, trainer, announcer, snapshots, codecs, layout, signal } = deps
  let deadline: NodeJS.Timeout | undefined
  let weights: Float32Array | undefined
  let frozen: Float32Array | undefined
  let accuracy: number | null = null
  /** Of the mix that has just ended; empty at any other time, so that nobody's model is kept for it. */
  let shares: readonly { readonly from: string; readonly weights: Float32Array }[] = []
  /** Publications one after the other: hashing a large model takes longer than announcing a small one. */
  let published: Promise<void> = Promise.resolve()

  const dispatch = (event: GossipEvent<Float32Array>): void => {
    if (signal.aborted) return
    if (event.type === 'resume') resume(event.weights)
    for (const effect of engine.handle(event, performance.now())) perform(effect)
  }

  /** What was frozen is of the past; whoever goes on from a merged model has that one, once it had any. */
  const resume = (merged: Float32Array | undefined): void => {
    frozen = undefined
    weights = weights && (merged ?? weights)
  }

  /** Starts work whose failure is ours and ends the peer. */
  const work = (promise: Promise<void>): void => {
    promise.catch((error: unknown) => {
      if (!signal.aborted) deps.fail(error)
    })
  }

  const perform = (effect: GossipEffect<Float32Array>): void => {
    switch (effect.type) {
      case 'train':
        return work(trainer.train(effect).then((outcome) => dispatch({ type: 'trained', ...outcome })))
      case 'mix':
        return work(mix(effect))
      case 'publish':
        published = published.then(() => publish(effect.weights, effect.head))
        return work(published)
      case 'pull':
        return void pull(effect.from, effect.newerThan)
      case 'setDeadline':
        clearTimeout(deadline)
        deadline = setTimeout(() => dispatch({ type: 'deadline' }), effect.atMs - performance.now())
        return
      case 'clearDeadline':
        return clearTimeout(deadline)
      case 'roundEnded':
        weights = effect.weights
        return work(report(effect))
      case 'finished':
        return deps.onFinished(effect.round)
      case 'frozen':
        clearTimeout(deadline)
        frozen = effect.weights
        return deps.onFrozen(effect)
    }
  }

  const mix = async (effect: GossipEffect<Float32Array> & { type: 'mix' }): Promise<void> => {
    const { shares: contributions, catchUp } = codecs.mixOf(effect, deps.self)
    const mixed = await trainer.mix({ rule: deps.rule, contributions, catchUp })
    shares = effect.shares
    dispatch({ type: 'mixed', weights: mixed })
    shares = []
  }

  const publish = async (model: Float32Array, head: Omit<Head, 'digest' | 'accuracy'>): Promise<void> => {
    const { bytes, leaves, digest } = await describeSnapshot(model)
    if (signal.aborted) return
    const complete: Head = { ...head, digest, accuracy }
    snapshots.publish({ head: complete, layout: layout.fingerprint, bytes, leaves, weights: model })
    await announcer.announce(complete)
  }

  const pull = async (from: string, newerThan: number): Promise<void> => {
    try {
      const snapshot = await deps.pull({ from, newerThan, signal })
      if (snapshot) dispatch({ type: 'pulled', from, head: snapshot.head, weights: snapshot.weights })
      else dispatch({ type: 'pullEnded', from })
    } catch {
      // A peer's fault or the network's: counted and reported where it happened.
      dispatch({ type: 'pullEnded', from })
    }
  }

  const report = async (ended: GossipEffect<Float32Array> & { type: 'roundEnded' }): Promise<void> => {
    const { round, loss, mixedFrom, weights: model } = ended
    const due = deps.evaluateEvery > 0 && round % deps.evaluateEvery === 0
    const mixed = new Map(shares.map(({ from, weights: received }) => [from, received]))
    if (due) accuracy = (await trainer.evaluate(model)).accuracy
    deps.onRound({ round, loss, mixedFrom, weights: model, accuracy: due ? accuracy : null })
    if (due) deps.onEvaluated({ round, weights: model, mixed })
  }

  signal.addEventListener('abort', () => clearTimeout(deadline), { once: true })

  return {
    dispatch,
    get weights() {
      return weights
    },
    get local() {
      return frozen ?? weights
    },
    get accuracy() {
      return accuracy
    },
  }
}
