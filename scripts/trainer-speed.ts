/**
 * Prints how many samples per second a trainer trains, per model and backend, through its thread as a peer does.
 * Usage: [MURMUR_BACKEND=wasm] npx tsx scripts/trainer-speed.ts [MODEL...]
 */
import '../node/polyfills.js'
import { backendChoice, createTrainer } from '../node/trainer/index.js'
import type { Examples, OptimizerConfig } from '../protocols/training/contract.js'
import { noise } from './noise.js'

const BATCH = 32
const CALL_MS = 400
const CALLS = 5

const optimizers: readonly OptimizerConfig[] = [
  { kind: 'sgd', learningRate: 0.01, momentum: 0.9 },
  { kind: 'adamw', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
]

const measure = async (model: string, optimizer: OptimizerConfig, examples: Examples): Promise<void> => {
  const backend = backendChoice(process.env['MURMUR_BACKEND'])
  const trainer = await createTrainer({
    model,
    train: examples,
    test: examples,
    optimizer,
    batch: BATCH,
    seed: 1,
    backend,
  })
  const weights = await trainer.initialWeights(1)
  const warm = await trainer.train({ weights, steps: 30 })
  const steps = Math.max(10, Math.round((CALL_MS * 30) / warm.elapsedMs))
  let best = 0
  for (let i = 0; i < CALLS; i++) {
    const { samples, elapsedMs } = await trainer.train({ weights, steps })
    best = Math.max(best, (1000 * samples) / elapsedMs)
  }
  await trainer.evaluate(weights)
  const startedMs = performance.now()
  const { examples: evaluated } = await trainer.evaluate(weights)
  const evaluation = (1000 * evaluated) / (performance.now() - startedMs)
  const columns = [
    trainer.backend.padEnd(10),
    model.padEnd(12),
    optimizer.kind.padEnd(5),
    `${Math.round(best)} samples/s trained`.padStart(26),
    `${Math.round(evaluation)} evaluated`.padStart(18),
  ]
  console.log(columns.join('  '))
  await trainer.close()
}

const asked = process.argv.slice(2)
const examples = noise(4096)
for (const model of asked.length > 0 ? asked : ['softmax', 'mlp:128', 'cnn', 'cnn-bn']) {
  for (const optimizer of optimizers) await measure(model, optimizer, examples)
}
