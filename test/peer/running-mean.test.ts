import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRunningMean } from '../../node/peer/running-mean.js'

describe('the running mean', () => {
  it('is the uniform mean of what was added, and leaves that as it is', async () => {
    const mean = createRunningMean(2)
    const models = [Float32Array.of(1, -2), Float32Array.of(2, 4), Float32Array.of(6, 1)]
    for (const model of models) await mean.add(model)
    assert.equal(mean.models, 3)
    // (1 + 2 + 6) / 3, (−2 + 4 + 1) / 3.
    assert.deepEqual([...(await mean.finish())], [3, 1])
    assert.deepEqual([...models[0]!], [1, -2])
  })

  it('gives back identical models bit for bit', async () => {
    const model = Float32Array.of(0.1, 1e-30, 3e38)
    const mean = createRunningMean(3)
    for (let i = 0; i < 5; i++) await mean.add(model)
    assert.deepEqual(await mean.finish(), model)
  })

  it('adds up in float64', async () => {
    const mean = createRunningMean(1)
    // In float32 the 1 would be lost.
    for (const value of [2 ** 30, 1, -(2 ** 30), 1]) await mean.add(Float32Array.of(value))
    assert.deepEqual([...(await mean.finish())], [0.5])
  })

  it('lets other work in between, and no element out, in models of several slices', async () => {
    const length = 2 * 128 * 1024 + 3
    const model = Float32Array.from({ length }, (_, index) => index % 1000)
    const mean = createRunningMean(length)
    let turns = 0
    const counting = (): void => {
      turns += 1
      immediate = setImmediate(counting)
    }
    let immediate = setImmediate(counting)
    await mean.add(model)
    assert.ok(turns >= 2)
    clearImmediate(immediate)
    await mean.add(model)
    assert.deepEqual(await mean.finish(), model)
  })

  it('hands out shared memory, which a training thread reads without a copy', async () => {
    const mean = createRunningMean(1)
    await mean.add(Float32Array.of(1))
    assert.ok((await mean.finish()).buffer instanceof SharedArrayBuffer)
  })
})
