import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { after, beforeEach, describe, it, type TestContext } from 'node:test'
import { createTrainerPool, type BackendChoice } from '../../node/trainer/index.js'
import { openMixingPlace } from '../../node/trainer/mixing-place.js'
import { referenceKernels } from '../../protocols/kernels/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import { options, parts } from './pool-scenario.js'

/** Compiled kernels are not found, as in a checkout that was never built. */
const withoutKernels = (t: TestContext): void => {
  const read = fs.readFileSync
  t.mock.method(fs, 'readFileSync', (path: string, ...rest: []) => {
    if (/kernels\/\w+\.wasm$/.test(path)) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return read(path, ...rest)
  })
  syncBuiltinESMExports()
}
after(syncBuiltinESMExports)

const withTrainer = async (backend: BackendChoice, run: (trainer: Trainer) => Promise<void>) => {
  const pool = await createTrainerPool({
    ...options,
    parts: parts.slice(0, 1),
    seeds: [1],
    threads: 0,
    backend,
  })
  try {
    assert.equal(pool.backend, backend === 'auto' ? 'wasm' : backend)
    if (backend === 'auto') assert.match(pool.backendReason, /compiled: the training kernels are not built/)
    await run(pool.trainer(0))
  } finally {
    await pool.close()
  }
}

const mixed = async (trainer: Trainer): Promise<Float32Array> => {
  const [now, other] = await Promise.all([1, 2].map((seed) => trainer.initialWeights(seed)))
  return trainer.mix({
    rule: 'variance-corrected',
    contributions: [
      { from: 'a', weights: now!, weight: 0.25 },
      { from: 'b', weights: other!, weight: 0.75, since: now! },
    ],
    catchUp: { now: now!, fraction: 0.5 },
  })
}

describe('a trainer whose kernels were not built', () => {
  let warnings: string[] = []
  beforeEach((t) => {
    warnings = []
    ;(t as TestContext).mock.method(process, 'emitWarning', (text: string) => void warnings.push(text))
  })

  it('trains with tfjs under auto, mixes to the same bits, and says so once', async (t) => {
    let expected: Float32Array | undefined
    await withTrainer('wasm', async (trainer) => void (expected = await mixed(trainer)))
    assert.deepEqual(warnings, [])
    withoutKernels(t)
    await withTrainer('auto', async (trainer) => {
      assert.deepEqual(await mixed(trainer), expected)
      const weights = await mixed(trainer)
      assert.ok((await trainer.train({ weights, steps: 2 })).loss > 0)
    })
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]!, /mixed in plain code.*npm run build/)
  })

  it('refuses to start when compiled kernels were asked for', async (t) => {
    withoutKernels(t)
    await assert.rejects(
      withTrainer('compiled', async () => {}),
      { code: 'NOT_BUILT', message: /npm run build/ },
    )
  })

  it('mixes in plain code where the system refuses the memory', (t) => {
    t.mock.method(WebAssembly, 'Memory', function refuse() {
      throw new RangeError('could not allocate memory')
    })
    const { kernels, memory } = openMixingPlace(undefined)
    assert.equal(kernels, referenceKernels)
    assert.equal(memory, undefined)
    assert.match(warnings[0]!, /ulimit -v/)
  })
})
