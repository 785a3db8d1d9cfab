import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMeasure } from '../harness/cell/measure.js'
import { createFakeTraining, here, quality } from './fake-training.js'

/** A kernel of four weights and a bias. Variances of the initial kernels: 1/4, 9/4 and 1/2, mean 1. */
const training = (evaluate?: Parameters<typeof createFakeTraining>[0]['evaluate']) =>
  createFakeTraining({
    tensors: [
      { name: 'dense/kernel', shape: [2, 2], kind: 'kernel' },
      { name: 'dense/bias', shape: [1], kind: 'bias' },
    ],
    initial: [
      [0, 1, 0, 1, 0],
      [0, 3, 0, 3, 0],
      [0, 1, 0, -1, 0],
    ],
    // The square of a tenth of the bias, so that the accuracy of the mean is not the mean of the accuracies.
    evaluate: evaluate ?? ((_peer, weights) => quality((here(weights)[4]! / 10) ** 2)),
  })
const models = () =>
  new Map([
    [0, Float32Array.of(1, 1, 5, 5, 1)],
    [1, Float32Array.of(0, 2, 0, 2, 3)],
  ])
const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`)

describe('a measurement', () => {
  it('has the mean, least and greatest accuracy of the models, and that of their mean', async () => {
    const measured = await createMeasure(training(), 3)(models())
    close(measured.localAccuracyMean, 0.05) // (0.1² + 0.3²) / 2
    close(measured.localAccuracyMin, 0.01)
    close(measured.localAccuracyMax, 0.09)
    close(measured.mergedAccuracy, 0.04) // ((0.1 + 0.3) / 2)²
  })

  it('has the root mean square distance of the models to their mean', async () => {
    // Mean 0.5, 1.5, 2.5, 3.5, 2; both are 0.25 + 0.25 + 6.25 + 2.25 + 1 away, squared.
    close((await createMeasure(training(), 3)(models())).consensusDistance, Math.sqrt(10))
    const uneven = new Map([0, 0, 3].map((x, peer) => [peer, Float32Array.of(0, 0, 0, 0, x)]))
    // Mean 1: (1 + 1 + 4) / 3
    close((await createMeasure(training(), 3)(uneven)).consensusDistance, Math.sqrt(2))
  })

  it('has the variance of each kernel in units of that of the initial ones', async () => {
    const { varianceRatio } = await createMeasure(training(), 3)(models())
    assert.deepEqual(Object.keys(varianceRatio), ['dense/kernel'])
    close(varianceRatio['dense/kernel']!, 2.5) // (4 + 1) / 2, over 1
    // Only one of the three is left: all three began.
    const alone = new Map([[2, Float32Array.of(1, 1, 5, 5, 1)]])
    close((await createMeasure(training(), 3)(alone)).varianceRatio['dense/kernel']!, 4)
  })

  it('has variances of 1 as initialised', async () => {
    const begun = training()
    const { varianceRatio } = await createMeasure(
      training(),
      3,
    )(new Map([0, 1, 2].map((i) => [i, begun.initial(i)])))
    assert.equal(varianceRatio['dense/kernel'], 1)
  })

  it('has each model evaluated by its own peer, and the mean by one that is there', async () => {
    const by: number[] = []
    const measure = createMeasure(
      training((peer) => {
        by.push(peer)
        return quality(0.5)
      }),
      3,
    )
    const begun = training()
    await measure(new Map([1, 2].map((peer) => [peer, begun.initial(peer)])))
    assert.deepEqual(by.sort(), [1, 1, 2])
  })

  it('waits for models that are on their way, and for evaluations', async () => {
    const measure = createMeasure(
      training(async (_peer, weights) => quality((await weights)[4]! / 10)),
      3,
    )
    const late = new Map([...models()].map(([peer, model]) => [peer, Promise.resolve(model)]))
    const { localAccuracyMin, localAccuracyMax, mergedAccuracy } = await measure(late)
    close(localAccuracyMin, 0.1)
    close(localAccuracyMax, 0.3)
    close(mergedAccuracy, 0.2)
  })

  it('rejects with what went wrong, be it several things at once', async () => {
    const measure = createMeasure(
      training(() => {
        throw new RangeError('no held-out data')
      }),
      3,
    )
    await assert.rejects(measure(models()), /no held-out data/)
  })
})
