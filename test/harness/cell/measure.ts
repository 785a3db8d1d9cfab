import { average, averagingRule } from '../../../protocols/averaging/index.js'
import { consensusDistance, momentsOf, tensorOf, type Layout } from '../../../protocols/model/index.js'
import type { Training, Weights } from '../training/contract.js'
import type { RoundRecord } from './records.js'

/** What is said of the models themselves; the rest of a record is book-keeping. */
export type Measurement = Pick<
  RoundRecord,
  | 'localAccuracyMean'
  | 'localAccuracyMin'
  | 'localAccuracyMax'
  | 'mergedAccuracy'
  | 'consensusDistance'
  | 'varianceRatio'
>

export interface Measure {
  /** @param models weights by the index of a peer that holds them, at least one. Borrowed. */
  (models: ReadonlyMap<number, Weights>): Promise<Measurement>
}

/** Measures models on the held-out data. The variances of the peers' initial weights are the unit of later ones. */
export const createMeasure = (training: Training, peers: number): Measure => {
  const { layout } = training
  const initial = (async () => {
    const models = Array.from({ length: peers }, (_, peer) => training.initial(peer))
    return varianceByKernel(layout, await there(models))
  })()
  // It is awaited by the first measurement.
  initial.catch(() => {})
  return async (models) => {
    const weights = await there(models.values())
    const mean = meanOf(layout, weights)
    const [first] = models.keys()
    const evaluations = await Promise.all([
      ...Array.from(models.keys(), async (peer, index) => training.evaluate(peer, weights[index]!)),
      (async () => training.evaluate(first!, mean))(),
    ])
    const merged = evaluations.pop()!
    const accuracies = evaluations.map(({ accuracy }) => accuracy)
    const unit = await initial
    const variances = varianceByKernel(layout, weights)
    return {
      localAccuracyMean: accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length,
      localAccuracyMin: accuracies.reduce((least, accuracy) => Math.min(least, accuracy)),
      localAccuracyMax: accuracies.reduce((most, accuracy) => Math.max(most, accuracy)),
      mergedAccuracy: merged.accuracy,
      consensusDistance: consensusDistance(weights, mean),
      varianceRatio: Object.fromEntries(
        Object.entries(variances).map(([name, variance]) => [name, variance / unit[name]!]),
      ),
    }
  }
}

const there = (models: Iterable<Weights>): Promise<Float32Array[]> =>
  Promise.all(Array.from(models, async (weights) => weights))

/** The uniform average, as the final merge would make it. */
const meanOf = (layout: Layout, models: readonly Float32Array[]): Float32Array => {
  const out = new Float32Array(layout.length)
  const contributions = models.map((weights, index) => ({
    // Contributions are summed in the order of their ids; the models come in the order of the peers'.
    from: String(index).padStart(9, '0'),
    weights,
    weight: 1 / models.length,
  }))
  average({ rule: averagingRule('mean'), layout, contributions, out })
  return out
}

const varianceByKernel = (layout: Layout, models: readonly Float32Array[]): Record<string, number> =>
  Object.fromEntries(
    layout.entries
      .filter(({ kind }) => kind === 'kernel')
      .map((entry) => {
        const sum = models.reduce((total, model) => total + momentsOf(tensorOf(model, entry)).variance, 0)
        return [entry.name, sum / models.length]
      }),
  )
