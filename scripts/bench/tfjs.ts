import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { createTrainer, TrainerError, type BackendChoice } from '../../node/trainer/index.js'
import { heapKernels } from '../../node/trainer/tfjs-wasm/register.js'
import { conv2DBackpropFilter } from '../../node/trainer/wasm-conv-gradients.js'
import { wasmKernel, type Attributes, type Invoke } from '../../node/trainer/wasm-invoke.js'
import { createRandom } from '../../protocols/random.js'
import { noise } from '../noise.js'
import type { BenchOptions, BenchResult } from './contract.js'
import { median } from './median.js'
import { againstStock, type Stock } from './train/stock.js'
import { KERNEL_CASES, type Shapes } from './tfjs-cases.js'

/** Each figure is the median of so many turns; a turn lasts about so long. */
const TURNS = 9
const TURN_MS = 20

const measureKernels = async ({ quick, tell, signal }: BenchOptions): Promise<readonly BenchResult[]> => {
  await import('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend('wasm')
  const backend = tf.backend() as BackendWasm
  const { ours, theirs } = kernelsOfBoth()
  const copy = wasmKernel('Identity')
  return KERNEL_CASES.map(({ kernel, shapes, attrs, missing }) => {
    signal.throwIfAborted()
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, tensor(shape, name)]),
    )
    const weights = ['b', 'filter'].find((name) => name in inputs)
    const run = (invoke: Invoke) => (): void => {
      // As after a step of the optimizer: tfjs keeps what it packed of weights that are the same data as before.
      const fresh = weights && copy({ x: inputs[weights]! }, {}, backend)
      const operands = weights && fresh ? { ...inputs, [weights]: fresh } : inputs
      backend.disposeData(invoke(operands, attrs, backend).dataId)
      if (fresh) backend.disposeData(fresh.dataId)
    }
    const [value, reference] = inTurns([run(ours(kernel)), run(theirs(kernel))], quick)
    tf.dispose(Object.values(inputs))
    const name = `${missing ? `${kernel}, composed` : kernel} ${nameOf(shapes, attrs)}`
    tell(`${name}: ${value!.toFixed(3)} ms, tfjs ${reference!.toFixed(3)} ms`)
    return {
      group: 'train',
      name: `wasm ${name}`,
      value: value!,
      unit: 'ms',
      reference: reference!,
      ratio: reference! / value!,
      goal: '≥ 1 ×',
      met: reference! >= value!,
    }
  })
}

/**
 * Our kernels and tfjs's own, none registered afterwards that was not before.
 * @throws Error when ours are registered already: there is nothing to compare them with then.
 */
const kernelsOfBoth = () => {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm')) {
    throw new Error('kernels were registered before they were measured: measure them first')
  }
  const names = [...new Set(KERNEL_CASES.map(({ kernel }) => kernel))]
  tf.registerKernel(conv2DBackpropFilter())
  try {
    const theirs = new Map(names.map((name) => [name, wasmKernel(name)]))
    const ours = new Map(heapKernels().map((build) => [build().kernelName, build().kernelFunc]))
    return {
      theirs: (name: string): Invoke => theirs.get(name)!,
      ours: (name: string): Invoke => {
        const run = ours.get(name)!
        return (inputs, attrs, backend) =>
          run({ inputs, attrs, backend } as Parameters<typeof run>[0]) as tf.TensorInfo
      },
    }
  } finally {
    tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
  }
}

const nameOf = (shapes: Shapes, attrs: Attributes): string => {
  const operands = Object.entries(shapes)
    .slice(0, 2)
    .map(([name, shape]) => {
      const turned = (name === 'a' && attrs['transposeA']) || (name === 'b' && attrs['transposeB'])
      return `${shape.join('×')}${turned ? 'ᵀ' : ''}`
    })
  return operands.join(' · ')
}

const tensor = (shape: readonly number[], name: string): tf.Tensor => {
  const random = createRandom('kernel', name)
  const length = shape.reduce((a, b) => a * b, 1)
  return tf.tensor(
    Float32Array.from({ length }, () => 2 * random.next() - 1),
    [...shape],
  )
}

/** Milliseconds of one call of each, medians of turns in which they alternate. */
const inTurns = (runs: readonly (() => void)[], quick: boolean): readonly number[] => {
  const once = runs.map((run) => {
    run()
    const startedMs = performance.now()
    run()
    return performance.now() - startedMs
  })
  const calls = once.map((ms) => (quick ? 1 : Math.max(1, Math.min(2000, Math.round(TURN_MS / ms)))))
  const times: number[][] = runs.map(() => [])
  for (let turn = 0; turn < (quick ? 1 : TURNS); turn++) {
    runs.forEach((run, i) => {
      const startedMs = performance.now()
      for (let call = 0; call < calls[i]!; call++) run()
      times[i]!.push((performance.now() - startedMs) / calls[i]!)
    })
  }
  return times.map(median)
}

const BATCH = 32

/** Training through a thread as a peer does, against stock tfjs and, where it is installed, TensorFlow. */
const measureModels = async (
  { quick, tell, signal }: BenchOptions,
  stock: Stock,
): Promise<readonly BenchResult[]> => {
  const results: BenchResult[] = []
  for (const model of ['mlp:128', 'cnn']) {
    signal.throwIfAborted()
    const { wasm, tensorflow, stockRates } = await samplesPerSecond(model, quick, stock)
    const [value, reference] = [median(wasm), tensorflow && median(tensorflow)]
    tell(`${model}: ${Math.round(value)} samples/s on wasm, TensorFlow ${reference ?? 'is not installed'}`)
    const name = `wasm ${model}`
    if (model === 'mlp:128')
      results.push(...againstStock({ group: 'train', name, value, stock: stockRates, least: 20_000 }))
    if (reference === undefined) continue
    const [ratio, times] = [value / reference, model === 'cnn' ? 1.5 : undefined]
    results.push({
      ...{ group: 'train', name: `${name}, against tfjs-node`, value, unit: 'samples/s', reference, ratio },
      goal: times === undefined ? null : `≥ ${times} ×`,
      met: times === undefined ? null : ratio >= times,
    })
  }
  return results
}

/** Of each turn; no rates of TensorFlow where it is not installed. */
const samplesPerSecond = async (model: string, quick: boolean, stock: Stock) => {
  const trainers = [await start(model, 'wasm'), await start(model, 'tensorflow')]
  const speeds: number[][] = trainers.map(() => [])
  const stockRates: number[] = []
  for (let turn = 0; turn < (quick ? 1 : TURNS); turn++) {
    stockRates.push(await stock.turn())
    for (const [i, trainer] of trainers.entries()) {
      if (!trainer) continue
      const weights = await trainer.initialWeights(1)
      if (turn === 0) await trainer.train({ weights, steps: quick ? 1 : 100 })
      const { samples, elapsedMs } = await trainer.train({ weights, steps: quick ? 1 : 50 })
      speeds[i]!.push((1000 * samples) / elapsedMs)
    }
  }
  for (const trainer of trainers) await trainer?.close()
  return { wasm: speeds[0]!, tensorflow: trainers[1] && speeds[1], stockRates }
}

const start = async (model: string, backend: BackendChoice) => {
  const examples = noise(4096)
  const optimizer = { kind: 'sgd', learningRate: 0.01, momentum: 0.9 } as const
  try {
    return await createTrainer({
      model,
      train: examples,
      test: examples,
      optimizer,
      batch: BATCH,
      seed: 1,
      backend,
    })
  } catch (error) {
    if (error instanceof TrainerError && error.code === 'NO_BACKEND') return undefined
    throw error
  }
}

/**
 * Part of the group `train`, and its first: the kernels of tfjs's wasm backend against its own, and what models train at with them.
 * @param stock takes turns with what it judges.
 * @throws Error when our kernels are registered in this thread already.
 */
export const measureTfjs = async (options: BenchOptions, stock: Stock): Promise<readonly BenchResult[]> => [
  ...(await measureKernels(options)),
  ...(await measureModels(options, stock)),
]
