import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { backendChoice, createTrainer, TrainerError } from '../../node/trainer/index.js'
import { backendsHere } from './backends.js'
import { separable, sgd } from './separable.js'

const examples = separable(4, 1)
const options = { model: 'softmax', train: examples, test: examples, optimizer: sgd, batch: 2, seed: 1 }
const native = (await backendsHere()).includes('tensorflow')

describe('the choice of a backend', () => {
  it('is auto unless something is written', () => {
    assert.deepEqual(['compiled', 'wasm', 'tensorflow', 'auto', '', undefined].map(backendChoice), [
      'compiled',
      'wasm',
      'tensorflow',
      'auto',
      'auto',
      'auto',
    ])
    assert.throws(() => backendChoice('WASM'), {
      code: 'BAD_OPTION',
      message: /auto, compiled, tensorflow, wasm/,
    })
  })

  const withoutTensorflow = async (): Promise<void> => {
    const trainer = await createTrainer(options)
    await trainer.close()
    assert.equal(trainer.backend, 'compiled')
    assert.match(trainer.backendReason, /tensorflow: @tensorflow\/tfjs-node is not installed/)
    await assert.rejects(createTrainer({ ...options, backend: 'tensorflow' }), {
      code: 'NO_BACKEND',
      message:
        /^tensorflow: @tensorflow\/tfjs-node is not installed\. It is optional: the compiled backend needs/,
    })
  }

  const withTensorflow = async (): Promise<void> => {
    const first = await createTrainer({ ...options, backend: 'tensorflow' })
    const second = await createTrainer(options)
    const busy = await createTrainer({ ...options, backend: 'tensorflow' }).then(
      () => undefined,
      (error: unknown) => error,
    )
    await first.close()
    const third = await createTrainer({ ...options, backend: 'tensorflow' })
    await Promise.all([second.close(), third.close()])
    assert.deepEqual(
      [first, second, third].map(({ backend }) => backend),
      ['tensorflow', 'compiled', 'tensorflow'],
    )
    assert.match(second.backendReason, /another trainer of this process has it|compiled,/)
    assert.ok(busy instanceof TrainerError && busy.code === 'BACKEND_BUSY')
  }

  // Which of the two can be seen depends on what is installed; the suite is run both ways.
  if (native) it('gives TensorFlow to one trainer of a process at a time', withTensorflow)
  else it('takes compiled kernels where TensorFlow is missing, and keeps the reason', withoutTensorflow)
})
