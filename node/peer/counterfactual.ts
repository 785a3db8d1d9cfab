import type { Layout } from '../../protocols/model/index.js'
import { createRandom, sampleOf } from '../../protocols/random.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { PullModel } from '../network/index.js'
import type { RollCall } from './roll-call.js'
import { createRunningMean } from './running-mean.js'

/**
 * Members asked for one estimate. Guess at what it may cost. Measured (scripts/counterfactual.ts, seeds 1 and 2, rare
 * gossip): an estimate with 2, 4, 8 misses the accuracy of the average of all 16 by 7.8, 6.7, 4.7 points, so each model
 * more gains about half a point, without a knee.
 */
export const ESTIMATE_SAMPLE = 4
/**
 * Evaluated rounds from one estimate to the next. Computed: 4 models in 20 rounds are 5 % of what pulling from 4
 * neighbours in every round brings, 80 models. Where gossip is rarer that is a larger share of it: with probability:0.1
 * twice as much as the gossip itself.
 */
export const ESTIMATE_EVERY = 20

/** How good the merged model would be now. */
export interface Estimate {
  /** Local rounds that this peer had done. */
  readonly round: number
  /** Of the average, on this peer's held-out examples, 0 to 1. */
  readonly mergedAccuracy: number
  /** Models averaged, the own among them. */
  readonly models: number
}

/** A round of this peer whose model was evaluated. */
export interface EvaluatedRound {
  readonly round: number
  /** The own model after the round; borrowed, not changed. */
  readonly weights: Float32Array
  /** The models that were mixed in this round, by peer id; borrowed, not changed. */
  readonly mixed: ReadonlyMap<string, Float32Array>
}

export interface CounterfactualDeps {
  readonly self: string
  /** The run's. */
  readonly seed: number
  readonly rollCall: Pick<RollCall, 'members' | 'headOf'>
  /** It may ask members once and never again. */
  readonly pull: PullModel
  readonly trainer: Pick<Trainer, 'evaluate'>
  readonly layout: Layout
  /** Evaluated rounds from one estimate to the next; 0 for none. @default ESTIMATE_EVERY */
  readonly every?: number | undefined
  /** Members asked, at most; at least 1. @default ESTIMATE_SAMPLE */
  readonly sample?: number | undefined
  /** Ends it for good. */
  readonly signal: AbortSignal
  readonly onEstimate: (estimate: Estimate) => void
}

/**
 * The counterfactual merge of arXiv 2507.06542 (mergeability), sampled: now and then the uniform average of the own
 * model and those of a few random members is evaluated. Local accuracy does not show how good the merge will be.
 *
 * The mean of k models still has 1/k of the variance of one model about their common mean; that of all n has 1/n. So
 * once models are mergeable the estimate is mostly too low, and the more so the fewer models it has: hence `models`.
 * Not corrected: extrapolating from k to n, with the own model's accuracy as k = 1, missed by more (README.md).
 *
 * It is a guest: one pull at a time, one evaluation, one estimate at a time; one that comes due meanwhile is left out.
 * What fails only makes the sample smaller, and without any other model there is no estimate. Memory: a float64 sum,
 * one pulled model or the average, and those of the sample that were mixed in this round, until it is done.
 */
export interface Counterfactual {
  /** Resolves when the estimate that is due has been made or given up, at once when none is. Never rejects. */
  evaluated(round: EvaluatedRound): Promise<void>
  /** The merge has begun: what is under way is given up, and nothing begins until it is over. */
  pause(): void
  /** Training goes on. */
  resume(): void
  /** The last one made. */
  readonly latest: Estimate | null
}

interface Candidate {
  readonly from: string
  /** Null when it must be pulled. */
  readonly held: Float32Array | null
}

export const createCounterfactual = (deps: CounterfactualDeps): Counterfactual => {
  const { self, seed, rollCall, trainer, layout } = deps
  const { every = ESTIMATE_EVERY, sample = ESTIMATE_SAMPLE } = deps
  let pausing = new AbortController()
  let rounds = 0
  let underWay = false
  let latest: Estimate | null = null

  /**
   * Uniformly among those who have announced a model, finished ones too: the merge averages them all. Who was mixed in
   * this round is not asked again: a pull would bring a model that is about one round newer.
   */
  const candidates = ({ round, weights, mixed }: EvaluatedRound): readonly Candidate[] => {
    const others = rollCall.members.filter((id) => id !== self && rollCall.headOf(id) !== undefined)
    const chosen = sampleOf(others, sample, createRandom(seed, 'counterfactual', self, round))
    return [self, ...chosen].sort().map((from) => ({
      from,
      held: from === self ? weights : (mixed.get(from) ?? null),
    }))
  }

  const modelOf = async (from: string, signal: AbortSignal): Promise<Float32Array | undefined> => {
    try {
      // Whatever it has.
      return (await deps.pull({ from, newerThan: -1, signal }))?.weights
    } catch {
      // A peer's fault or the network's: counted and reported where it happened.
      return undefined
    }
  }

  const accuracyOf = async (weights: Float32Array): Promise<number | null> => {
    try {
      return (await trainer.evaluate(weights)).accuracy
    } catch {
      // Whoever trains with it hears of that too, and decides what it means.
      return null
    }
  }

  const estimate = async (round: number, chosen: readonly Candidate[]): Promise<void> => {
    const { signal } = pausing
    const mean = createRunningMean(layout.length)
    for (const { from, held } of chosen) {
      const weights = held ?? (await modelOf(from, signal))
      if (weights) await mean.add(weights)
      if (signal.aborted) return
    }
    const { models } = mean
    if (models < 2) return
    const average = await mean.finish()
    if (signal.aborted) return
    const mergedAccuracy = await accuracyOf(average)
    // A merge that has begun meanwhile will tell more.
    if (signal.aborted || mergedAccuracy === null) return
    latest = { round, mergedAccuracy, models }
    deps.onEstimate(latest)
  }

  const pause = (): void => pausing.abort()
  if (deps.signal.aborted) pause()
  deps.signal.addEventListener('abort', pause, { once: true })

  return {
    async evaluated(evaluated) {
      if (every === 0 || pausing.signal.aborted) return
      rounds += 1
      if (rounds % every !== 0 || underWay) return
      const chosen = candidates(evaluated)
      if (chosen.length < 2) return
      underWay = true
      try {
        await estimate(evaluated.round, chosen)
      } finally {
        underWay = false
      }
    },
    pause,
    resume() {
      if (!deps.signal.aborted && pausing.signal.aborted) pausing = new AbortController()
    },
    get latest() {
      return latest
    },
  }
}
