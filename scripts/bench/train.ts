import '../../node/polyfills.js'
import { everyIndex } from '../../node/data/examples.js'
import { renderDigits } from '../../node/data/index.js'
import { createTrainerPool, type BackendChoice, type TrainerPool } from '../../node/trainer/index.js'
import { tensorflowInstalled } from '../../node/trainer/backend-verdict.js'
import type { Examples } from '../../protocols/training/contract.js'
import type { BenchGroup, BenchResult } from './contract.js'
import { median } from './median.js'
import { measureTfjs } from './tfjs.js'
import { createBareLoop } from './train/bare-tfjs.js'

const BATCH = 32
/** Each figure is the median of so many, taken in turns with its references. */
const TURNS = 5
const optimizer = { kind: 'sgd', learningRate: 0.05, momentum: 0.9 } as const

interface Contender {
  readonly name: string
  /** Examples of one turn. */
  readonly samples: number
  readonly run: () => Promise<void>
}

/** Samples per second of each, medians, taken in turns so that a slow moment of the machine meets all. */
const rates = async (
  contenders: readonly Contender[],
  { turns, signal }: { readonly turns: number; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, number>> => {
  const taken = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let turn = -1; turn < turns; turn++) {
    for (const { name, samples, run } of contenders) {
      signal.throwIfAborted()
      const began = performance.now()
      await run()
      // The first turn compiles.
      if (turn >= 0) taken.get(name)!.push((1000 * samples) / (performance.now() - began))
    }
  }
  return new Map([...taken].map(([name, values]) => [name, median(values)]))
}

/** Trainers of one pool, one for each thread, that train at the same time. */
const trainers = async (
  name: string,
  pool: TrainerPool,
  { count, steps }: { readonly count: number; readonly steps: number },
): Promise<Contender> => {
  const weights = await pool.trainer(0).initialWeights(1)
  return {
    name,
    samples: count * steps * BATCH,
    async run() {
      await Promise.all(
        Array.from({ length: count }, (_, index) => pool.trainer(index).train({ weights, steps })),
      )
    },
  }
}

const openPool = (
  examples: Examples,
  {
    model,
    threads,
    backend,
  }: { readonly model: string; readonly threads: number; readonly backend: BackendChoice },
): Promise<TrainerPool> => {
  const count = Math.max(1, threads)
  return createTrainerPool({
    ...{ model, train: examples, test: examples, optimizer, batch: BATCH, threads, backend },
    parts: Array.from({ length: count }, () => Uint32Array.from({ length: examples.count }, (_, i) => i)),
    seeds: Array.from({ length: count }, (_, index) => index),
  })
}

type Measured = ReadonlyMap<string, number>

const lineOf = (
  rate: Measured,
  name: string,
  { reference, least }: { readonly reference?: string; readonly least?: number },
): BenchResult => {
  const value = rate.get(name)!
  const compared = reference === undefined ? undefined : rate.get(reference)
  return {
    ...{ group: 'train', name: reference === undefined ? name : `${name}, against ${reference}` },
    ...{ value, unit: 'samples/s', reference: compared ?? null },
    ratio: compared === undefined ? null : value / compared,
    goal: least === undefined ? null : `≥ ${least.toLocaleString('en')} samples/s`,
    met: least === undefined ? null : value >= least,
  }
}

const measure = async (quick: boolean, signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const examples = renderDigits({ split: 'train', seed: 1 }, everyIndex(quick ? 128 : 2048))
  const [mlp, cnn] = ['mlp:128', 'cnn']
  const [steps, slowSteps] = quick ? [2, 1] : [400, 30]
  const pools: TrainerPool[] = []
  const contender = async (
    name: string,
    model: string,
    threads: number,
    backend: BackendChoice,
    of: number,
  ) => {
    const pool = await openPool(examples, { model, threads, backend })
    pools.push(pool)
    return trainers(name, pool, { count: threads, steps: of })
  }
  try {
    // The stock loop first: kernels that were registered once stay.
    const stock = await createBareLoop(examples, { batch: BATCH, kernels: 'stock' })
    const stockRate = await rates(
      [
        {
          name: 'stock tfjs wasm',
          samples: slowSteps * BATCH,
          run: () => Promise.resolve(stock.run(slowSteps)),
        },
      ],
      { turns: quick ? 1 : TURNS, signal },
    )
    const bare = await createBareLoop(examples, { batch: BATCH, kernels: 'ours' })
    const contenders = [
      await contender('mlp:128 compiled', mlp, 1, 'compiled', steps),
      await contender('mlp:128 compiled, two threads', mlp, 2, 'compiled', steps),
      await contender('mlp:128 through our trainer on wasm', mlp, 1, 'wasm', slowSteps),
      {
        name: 'a bare tfjs loop',
        samples: slowSteps * BATCH,
        run: () => Promise.resolve(bare.run(slowSteps)),
      },
      await contender('cnn compiled', cnn, 1, 'compiled', slowSteps),
      await contender('cnn on wasm', cnn, 1, 'wasm', quick ? 1 : 5),
      ...(tensorflowInstalled()
        ? [await contender('mlp:128 on tfjs-node', mlp, 1, 'tensorflow', slowSteps)]
        : []),
    ]
    const rate = new Map([...stockRate, ...(await rates(contenders, { turns: quick ? 1 : TURNS, signal }))])
    return tableOf(rate)
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
  }
}

const tableOf = (rate: Measured): readonly BenchResult[] => {
  const through = lineOf(rate, 'mlp:128 through our trainer on wasm', { reference: 'a bare tfjs loop' })
  return [
    lineOf(rate, 'mlp:128 compiled', { reference: 'stock tfjs wasm', least: 78_000 }),
    ...(rate.has('mlp:128 on tfjs-node')
      ? [lineOf(rate, 'mlp:128 compiled', { reference: 'mlp:128 on tfjs-node' })]
      : []),
    lineOf(rate, 'mlp:128 compiled, two threads', { reference: 'mlp:128 compiled', least: 140_000 }),
    lineOf(rate, 'cnn compiled', { reference: 'cnn on wasm', least: 4_000 }),
    { ...through, goal: '≥ 0.95 ×', met: through.ratio! >= 0.95 },
  ]
}

/** How fast models train: compiled kernels, our tfjs backend, and tfjs alone. */
export const train: BenchGroup = {
  name: 'train',
  summary: 'training mlp:128 and cnn in batches of 32: compiled kernels against tfjs',
  async run(options) {
    const { quick, tell, signal } = options
    // Kernels that were registered once stay: they are compared with tfjs's own first.
    const kernels = await measureTfjs(options)
    tell('training mlp:128 and cnn, SGD with momentum, batches of 32 generated digits')
    return [...kernels, ...(await measure(quick, signal))]
  },
}
