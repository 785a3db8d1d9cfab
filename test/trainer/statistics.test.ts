import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { everyIndex } from '../../node/data/examples.js'
import { renderDigits } from '../../node/data/index.js'
import { createTrainer, type ThreadTrainer, type TrainerOptions } from '../../node/trainer/index.js'
import { STATISTICS_EXAMPLES_MAX } from '../../node/trainer/statistics-examples.js'
import { combineStatistics } from '../../protocols/averaging/index.js'
import { momentsOf, tensorOf } from '../../protocols/model/index.js'
import { backendsHere } from './backends.js'
import { interleaved, withPool } from './pool-scenario.js'
import { adamw, separable, sgd } from './separable.js'

const train = separable(90, 1)
const test = separable(40, 2)
const options: TrainerOptions = { model: 'cnn-bn', train, test, optimizer: sgd, batch: 16, seed: 7 }

const withTrainer = async (
  changes: Partial<TrainerOptions>,
  run: (trainer: ThreadTrainer) => Promise<void>,
): Promise<void> => {
  const trainer = await createTrainer({ ...options, ...changes })
  try {
    await run(trainer)
  } finally {
    await trainer.close()
  }
}

/** Of one filter of the first convolution over all training images: slow, by the definition. */
const firstLayerMoments = (trainer: ThreadTrainer, weights: Float32Array, filter: number) => {
  const kernel = tensorOf(weights, trainer.layout.entries[0]!) // 3×3×1×16
  const outputs: number[] = []
  for (let n = 0; n < train.count; n++) {
    for (let row = 0; row + 3 <= 12; row++) {
      for (let column = 0; column + 3 <= 10; column++) {
        let sum = 0
        for (let i = 0; i < 9; i++) {
          const at = n * 120 + (row + Math.floor(i / 3)) * 10 + column + (i % 3)
          sum += (train.pixels[at]! / 255) * kernel[i * 16 + filter]!
        }
        outputs.push(sum)
      }
    }
  }
  return momentsOf(outputs)
}

for (const backend of await backendsHere()) {
  describe(`statistics of batch normalisation on ${backend}`, () => {
    it('are the mean and variance of what each normalisation is given, first layer first', () =>
      withTrainer({ backend }, async (trainer) => {
        const weights = await trainer.initialWeights(1)
        const { count, values } = await trainer.estimateStatistics(weights)
        assert.equal(count, 90)
        assert.equal(values.length, trainer.statisticsLength)
        for (const filter of [0, 5, 15]) {
          const { mean, variance } = firstLayerMoments(trainer, weights, filter)
          assert.ok(Math.abs(values[2 * filter]! - mean) < 1e-5, `${values[2 * filter]} for ${mean}`)
          assert.ok(Math.abs(values[2 * filter + 1]! / variance - 1) < 1e-4)
        }
      }))

    it('give the examples they are of the loss that training sees in one batch of them all', () =>
      withTrainer({ backend, test: train, batch: train.count, optimizer: adamw }, async (trainer) => {
        let weights = await trainer.initialWeights(1)
        for (let i = 0; i < 3; i++) {
          const evaluated = await trainer.evaluate(
            weights,
            (await trainer.estimateStatistics(weights)).values,
          )
          const trained = await trainer.train({ weights, steps: 1 })
          assert.ok(
            Math.abs(evaluated.loss - trained.loss) < 1e-5 * trained.loss,
            `step ${i}: ${evaluated.loss} and ${trained.loss}`,
          )
          weights = trained.weights
        }
      }))

    it('are estimated when an evaluation is given none, the same every time', () =>
      withTrainer({ backend }, async (trainer) => {
        const { weights } = await trainer.train({ weights: await trainer.initialWeights(1), steps: 5 })
        const copy = weights.slice()
        const statistics = await trainer.estimateStatistics(weights)
        const implicit = await trainer.evaluate(weights)
        await trainer.train({ weights: await trainer.initialWeights(2), steps: 3 })
        assert.deepEqual(await trainer.estimateStatistics(weights), statistics)
        assert.deepEqual(await trainer.evaluate(weights, statistics.values), implicit)
        const other = statistics.values.map((value) => 2 * value + 1)
        assert.notDeepEqual(await trainer.evaluate(weights, other), implicit)
        assert.deepEqual(weights, copy)
      }))

    it('serve digits that they were not taken over about as well as those digits’ own', async () => {
      const digits = {
        train: renderDigits({ split: 'train', seed: 1 }, everyIndex(600)),
        test: renderDigits({ split: 'test' }, everyIndex(200)),
      }
      let weights!: Float32Array
      let own!: number
      await withTrainer({ backend, ...digits, batch: 32, optimizer: adamw }, async (trainer) => {
        weights = await trainer.initialWeights(1)
        const before = await trainer.evaluate(weights)
        const first = await trainer.train({ weights, steps: 10 })
        const second = await trainer.train({ weights: first.weights, steps: 60 })
        assert.ok(second.loss < 0.6 * first.loss, `${first.loss} then ${second.loss}`)
        weights = second.weights
        const after = await trainer.evaluate(weights)
        assert.equal((await trainer.estimateStatistics(weights)).count, STATISTICS_EXAMPLES_MAX)
        assert.ok(before.accuracy < 0.3 && after.accuracy > 0.7, `${before.accuracy} then ${after.accuracy}`)
        own = after.accuracy
      })
      // Trains on the held-out digits, so it evaluates with their own statistics, as one batch of them would.
      await withTrainer({ backend, train: digits.test, test: digits.test }, async (trainer) => {
        const { accuracy } = await trainer.evaluate(weights)
        assert.ok(Math.abs(accuracy - own) <= 0.05, `${own} with training digits, ${accuracy} with their own`)
      })
    })
  })
}

describe('statistics', () => {
  it('are none for a model without normalisation', () =>
    withTrainer({ backend: 'wasm', model: 'mlp:5' }, async (trainer) => {
      const weights = await trainer.initialWeights(1)
      assert.equal(trainer.statisticsLength, 0)
      const { count, values } = await trainer.estimateStatistics(weights)
      assert.deepEqual([count, values.length], [0, 0])
      assert.deepEqual(await trainer.evaluate(weights, values), await trainer.evaluate(weights))
    }))

  it('are refused when they cannot be those of the model', () =>
    withTrainer({ backend: 'wasm' }, async (trainer) => {
      const weights = await trainer.initialWeights(1)
      const { values } = await trainer.estimateStatistics(weights)
      const wrong = (index: number, value: number, message: RegExp) =>
        assert.rejects(trainer.evaluate(weights, values.with(index, value)), { code: 'BAD_OPTION', message })
      await wrong(5, -1e-3, /variance of channel 2/)
      await wrong(6, Infinity, /mean of channel 3/)
      await wrong(7, NaN, /variance of channel 3/)
      const lengths = { code: 'LENGTH_MISMATCH', message: /96 numbers of statistics, not 94/ }
      await assert.rejects(trainer.evaluate(weights, values.slice(2)), lengths)
      await assert.rejects(trainer.estimateStatistics(weights.slice(1)), { code: 'LENGTH_MISMATCH' })
      assert.ok((await trainer.evaluate(weights, values)).loss > 0) // and goes on
    }))

  it('of the first layer combine to those of all examples', () =>
    withPool({ model: 'cnn-bn' }, async (pool) => {
      const weights = await pool.trainer(0).initialWeights(1)
      const estimates = await Promise.all(
        [0, 1, 2, 3].map((i) => pool.trainer(i).estimateStatistics(weights)),
      )
      const total = estimates.reduce((sum, { count }) => sum + count, 0)
      const combined = combineStatistics(
        estimates.map(({ count, values }, i) => ({ from: `p${i}`, weight: count / total, values })),
      )
      const everyone = Uint32Array.from({ length: 80 }, (_, i) => i) // the four parts of 20
      await withPool({ model: 'cnn-bn', parts: [everyone], seeds: [1] }, async (whole) => {
        const { values } = await whole.trainer(0).estimateStatistics(weights)
        for (let i = 0; i < 32; i++) {
          assert.ok(Math.abs(combined[i]! - values[i]!) < 1e-5, `${i}: ${combined[i]} for ${values[i]}`)
        }
      })
    }))
})

describe('trainers that share a model with batch normalisation', () => {
  it('train the same bits on 0, 1 and 2 threads', async () => {
    const outcomes: (readonly Float32Array[])[] = []
    for (const threads of [0, 1, 2]) {
      await withPool({ threads, model: 'cnn-bn' }, async (pool) => {
        outcomes.push(await interleaved(pool))
      })
    }
    for (const outcome of outcomes.slice(1)) assert.deepEqual(outcome, outcomes[0])
  })

  it('leave nothing in it: neither training nor statistics of one show in those of another', () =>
    withPool({ threads: 1, model: 'cnn-bn' }, async (pool) => {
      const [one, other] = [pool.trainer(0), pool.trainer(1)]
      const [weights, foreign] = [await one.initialWeights(1), await one.initialWeights(2)]
      const statistics = await one.estimateStatistics(weights)
      const evaluation = await one.evaluate(weights)
      await other.train({ weights: foreign, steps: 5 })
      assert.deepEqual(await one.evaluate(weights), evaluation)
      const { values } = await other.estimateStatistics(foreign)
      assert.deepEqual(await one.estimateStatistics(weights), statistics)
      await other.evaluate(foreign, values)
      assert.deepEqual(await one.evaluate(weights), evaluation)
      // The parts differ, and so do their statistics.
      assert.notDeepEqual((await other.estimateStatistics(weights)).values, statistics.values)
    }))
})
