import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { samplesPerSecond } from '../../node/trainer/bench-speed.js'
import { startCompiledBench } from '../../node/trainer/compiled/compiled-bench.js'
import { layoutOf } from '../../node/trainer/index.js'
import { separable, sgd } from './separable.js'

const examples = separable(40, 1)
const layout = layoutOf('mlp:5', examples.shape, examples.classes)
const setup = {
  model: 'mlp:5',
  train: examples,
  test: examples,
  optimizer: sgd,
  batch: 8,
  parts: [Uint32Array.from({ length: 40 }, (_, i) => i)],
  seeds: [1],
  backend: 'compiled',
  tensorflowBarred: undefined,
  yields: false,
  region: undefined,
  stop: new Int32Array(1),
} as const

describe('the speed of a bench', () => {
  it('is measured on a session of which nothing is left', async () => {
    const bench = await startCompiledBench(setup, layout)
    // Programs stay: the first session makes them.
    bench.open({ part: setup.parts[0], seed: 1, stopped: () => false }).dispose()
    const before = bench.diagnostics()
    assert.ok(samplesPerSecond(bench, setup, layout) > 0)
    assert.deepEqual(bench.diagnostics(), before)
  })
  it('cannot be told where training diverges, and nothing is left then either', async () => {
    const optimizer = { ...sgd, learningRate: 1e30 }
    const bench = await startCompiledBench({ ...setup, optimizer }, layout)
    bench.open({ part: setup.parts[0], seed: 1, stopped: () => false }).dispose()
    const before = bench.diagnostics()
    assert.throws(() => samplesPerSecond(bench, setup, layout), { code: 'DIVERGED' })
    assert.deepEqual(bench.diagnostics(), before)
  })
})
