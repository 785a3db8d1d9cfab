import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conclude } from '../../node/peer/conclude.js'
import type { MergedPeriod } from '../../node/peer/merge/merges.js'
import type { Certificate, MergeOutcome } from '../../protocols/final-merge/index.js'
import type { Trainer } from '../../protocols/training/contract.js'

const MERGED = Float32Array.of(5)
const LOCAL = Float32Array.of(3)
const CERTIFICATE = { digest: 'of the statistics' } as Certificate

/** Training adds a tenth per step; the accuracy is a hundredth of model and mean, so both show in it. */
const fakeTrainer = (statisticsLength: number) => {
  const asked: string[] = []
  const trainer: Pick<Trainer, 'statisticsLength' | 'train' | 'evaluate' | 'estimateStatistics'> = {
    statisticsLength,
    train({ weights, steps }) {
      asked.push(`train ${weights[0]} ${steps}`)
      const trained = weights.map((weight) => weight + steps / 10)
      return Promise.resolve({ weights: trained, loss: 1, samples: steps, elapsedMs: 1 })
    },
    evaluate(weights, statistics) {
      const accuracy = (weights[0]! + (statistics?.[0] ?? 0)) / 100
      return Promise.resolve({ accuracy, loss: 1, examples: 1 })
    },
    estimateStatistics: (weights) =>
      Promise.resolve({ count: 9, values: Float32Array.of(10 * weights[0]!, 1) }),
  }
  return { trainer: trainer as Trainer, asked }
}

const mergedWith = (statistics: MergedPeriod['statistics']): MergedPeriod => ({
  ...{ period: 1, outcome: {} as MergeOutcome, weights: MERGED, statistics },
})

describe('the end of a run', () => {
  it('compares the merged model with the own one', async () => {
    const { trainer, asked } = fakeTrainer(0)
    const conclusion = await conclude({ trainer, merged: mergedWith(null), local: LOCAL, fineTune: 0 })
    assert.deepEqual(conclusion, {
      ...{ localAccuracy: 0.03, mergedAccuracy: 0.05 },
      ...{ statistics: null, statisticsCertificate: null, tuned: null },
    })
    assert.deepEqual(asked, [])
  })

  it('uses the statistics that all agreed on', async () => {
    const { trainer } = fakeTrainer(2)
    const values = Float32Array.of(40, 1)
    const outcome = { certificate: CERTIFICATE } as MergeOutcome
    const merged = mergedWith({ values, outcome })
    const conclusion = await conclude({ trainer, merged, local: LOCAL, fineTune: 0 })
    assert.equal(conclusion.statistics, values)
    assert.equal(conclusion.statisticsCertificate, CERTIFICATE)
    // (5 + 40) / 100
    assert.equal(conclusion.mergedAccuracy, 0.45)
  })

  it('takes statistics of its own when the members could not agree', async () => {
    const { trainer } = fakeTrainer(2)
    const conclusion = await conclude({ trainer, merged: mergedWith(null), local: LOCAL, fineTune: 0 })
    assert.deepEqual([...conclusion.statistics!], [50, 1])
    assert.equal(conclusion.statisticsCertificate, null)
    assert.equal(conclusion.mergedAccuracy, 0.55)
  })
})

describe('fine-tuning', () => {
  it('trains the merged model, and leaves the merged model as it is', async () => {
    const { trainer, asked } = fakeTrainer(0)
    const { tuned, mergedAccuracy } = await conclude({
      ...{ trainer, merged: mergedWith(null), local: LOCAL, fineTune: 20 },
    })
    assert.deepEqual(asked, ['train 5 20'])
    assert.deepEqual(
      { ...tuned, weights: [...tuned!.weights] },
      { weights: [7], statistics: null, accuracy: 0.07 },
    )
    assert.deepEqual([MERGED[0], mergedAccuracy], [5, 0.05])
  })

  it('has statistics of its own, not those of all: they belong to the weights', async () => {
    const { trainer } = fakeTrainer(2)
    const outcome = { certificate: CERTIFICATE } as MergeOutcome
    const merged = mergedWith({ values: Float32Array.of(40, 1), outcome })
    const { tuned } = await conclude({ trainer, merged, local: LOCAL, fineTune: 20 })
    assert.deepEqual([...tuned!.statistics!], [70, 1])
    // (7 + 70) / 100
    assert.equal(tuned!.accuracy, 0.77)
  })
})
