import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTrainer } from '../../node/trainer/index.js'
import { createRandom } from '../../protocols/random.js'
import type { Examples } from '../../protocols/training/contract.js'
import { backendsHere } from './backends.js'
import { sgd } from './separable.js'

const BEAT_MS = 5
const GAP_MAX_MS = 50
/** One call that trains for so long: a trainer that blocked this thread would hold the beat up as long, every time. */
const CALL_MS = 400
/** Another process may take the core away for a while, so one quiet call of these is enough. */
const ATTEMPTS = 10

/** Images of MNIST's size: the step takes as long as it does in earnest. */
const images = (): Examples => {
  const random = createRandom('heartbeat')
  const count = 256
  return {
    pixels: Uint8Array.from({ length: count * 784 }, () => random.below(256)),
    labels: Uint8Array.from({ length: count }, () => random.below(10)),
    shape: [28, 28, 1],
    classes: 10,
    count,
  }
}

/** The longest time between two beats of a timer on this thread while `work` runs. */
const longestGap = async (work: () => Promise<void>): Promise<number> => {
  let last = performance.now()
  let longest = 0
  const beat = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(beat, BEAT_MS)
  await work()
  beat()
  clearInterval(timer)
  return longest
}

for (const backend of await backendsHere()) {
  describe(`the event loop beside a trainer on ${backend}`, () => {
    for (const model of ['mlp:128', 'cnn']) {
      it(`beats on while ${model} trains for ${CALL_MS} ms in one call`, async () => {
        const train = images()
        const trainer = await createTrainer({
          model,
          train,
          test: train,
          optimizer: sgd,
          batch: 32,
          seed: 1,
          backend,
        })
        const weights = await trainer.initialWeights(1)
        const { elapsedMs } = await trainer.train({ weights, steps: 20 })
        const steps = Math.ceil((20 * CALL_MS) / elapsedMs)
        const work = async (): Promise<void> => void (await trainer.train({ weights, steps }))
        const gaps: number[] = []
        while (gaps.length < ATTEMPTS && !(Math.min(...gaps) < GAP_MAX_MS)) gaps.push(await longestGap(work))
        await trainer.close()
        assert.ok(
          Math.min(...gaps) < GAP_MAX_MS,
          `longest gaps of ${ATTEMPTS} attempts: ${gaps.join(', ')} ms`,
        )
      })
    }
  })
}
