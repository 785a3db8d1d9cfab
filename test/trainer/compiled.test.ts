import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { everyIndex } from '../../node/data/examples.js'
import { renderDigits } from '../../node/data/index.js'
import { createBatchOrder, fillBatch } from '../../node/trainer/batches.js'
import { createCompiledModel } from '../../node/trainer/compiled/compiled-model.js'
import { graphOfPlan } from '../../node/trainer/compiled/from-plan.js'
import { createTrainerPool, layoutOf, parseModel, type BackendChoice } from '../../node/trainer/index.js'
import { initialWeights } from '../../node/trainer/initial-weights.js'
import { planModel } from '../../node/trainer/plan.js'
import { createRandom } from '../../protocols/random.js'
import type { Examples, OptimizerConfig, Trainer } from '../../protocols/training/contract.js'
import { adamw, separable, sgd } from './separable.js'

const digits = renderDigits({ split: 'train', seed: 1 }, everyIndex(120))
/** Slow enough that a rounding does not turn a maximum or a ReLU over, after which two trainings part ways for good. */
const gentle = { ...sgd, learningRate: 0.01 }

/** A batch of a size that no tile divides. */
const BATCH = 13

const withTrainer = async <T>(
  backend: BackendChoice,
  changes: {
    readonly model: string
    readonly optimizer: OptimizerConfig
    readonly train?: Examples
    readonly batch?: number
  },
  run: (trainer: Trainer) => Promise<T>,
): Promise<T> => {
  const { train = digits, ...rest } = changes
  const parts = [Uint32Array.from({ length: train.count }, (_, i) => i)]
  const pool = await createTrainerPool({
    ...{ batch: BATCH, ...rest, train, test: train, parts, seeds: [5], backend, threads: 0 },
  })
  try {
    return await run(pool.trainer(0))
  } finally {
    await pool.close()
  }
}

const twentySteps = async (trainer: Trainer) => {
  const { weights, loss } = await trainer.train({ weights: await trainer.initialWeights(1), steps: 20 })
  return {
    weights,
    loss,
    evaluation: await trainer.evaluate(weights),
    statistics: await trainer.estimateStatistics(weights),
  }
}

const assertNear = (actual: Float32Array, expected: Float32Array, tolerance: number): void => {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= tolerance * largest, `${i}: ${value} for ${expected[i]}`),
  )
}

describe('the compiled trainer', () => {
  for (const model of ['softmax', 'mlp:37', 'mlp:19,8', 'cnn', 'cnn-bn']) {
    for (const optimizer of [gentle, adamw]) {
      for (const [name, train] of [
        ['drawings on a blank page', digits],
        ['images without zeros', separable(90, 1)],
      ] as const) {
        it(`has the losses and weights of wasm over 20 steps (${model}, ${optimizer.kind}, ${name})`, async () => {
          const ours = await withTrainer('compiled', { model, optimizer, train }, twentySteps)
          const theirs = await withTrainer('wasm', { model, optimizer, train }, twentySteps)
          assertNear(ours.weights, theirs.weights, 1e-4)
          assertNear(ours.statistics.values, theirs.statistics.values, 1e-4)
          assert.ok(Math.abs(ours.loss / theirs.loss - 1) < 1e-4, `${ours.loss} for ${theirs.loss}`)
          const { loss } = theirs.evaluation
          assert.ok(Math.abs(ours.evaluation.loss - loss) < 1e-4 * Math.max(1, loss))
        })
      }
    }
    it(`trains the same bits every time (${model})`, async () => {
      const first = await withTrainer('compiled', { model, optimizer: sgd }, twentySteps)
      assert.deepEqual(await withTrainer('compiled', { model, optimizer: sgd }, twentySteps), first)
    })
  }

  // Of 37 columns two strips are laid together and five columns are not; of fewer than eight examples none.
  const listings = [
    ...[sgd, { ...sgd, momentum: 0 }, adamw].map((optimizer) => ({ optimizer, batch: BATCH })),
    { optimizer: sgd, batch: 7 },
  ]
  for (const { optimizer, batch } of listings) {
    it(`gets the same bits from lists of what is not zero as from all inputs (${JSON.stringify(optimizer)}, ${batch} at a time)`, async () => {
      const model = 'mlp:37'
      const listed = await withTrainer('compiled', { model, optimizer, batch }, twentySteps)
      // Floats in, so nothing is listed.
      const layout = layoutOf(model, digits.shape, digits.classes)
      const graph = graphOfPlan(
        planModel(parseModel(model), digits.shape, digits.classes),
        layout,
        digits.shape,
      )
      const compiled = createCompiledModel({ graph, length: layout.length, optimizer, batch })
      compiled.weights.set(initialWeights(layout, 1))
      const indices = Uint32Array.from({ length: digits.count }, (_, i) => i)
      const order = createBatchOrder({ indices, batch, random: createRandom(5, 'batches') })
      const into = { pixels: new Float32Array(batch * graph.inputs), labels: new Uint8Array(batch) }
      for (let step = 0; step < 20; step++) {
        fillBatch(digits, order.next(), into)
        compiled.step({ inputs: into.pixels, labels: into.labels })
      }
      const zeros = digits.pixels.reduce((count, byte) => count + Number(byte === 0), 0)
      assert.ok(zeros > 0.5 * digits.pixels.length)
      assert.deepEqual([...listed.weights], [...compiled.weights])
    })
  }
})
