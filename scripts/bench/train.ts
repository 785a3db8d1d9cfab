import '../../node/polyfills.js'
import { everyIndex } from '../../node/data/examples.js'
import { renderDigits } from '../../node/data/index.js'
import { createTrainerPool, type BackendChoice, type TrainerPool } from '../../node/trainer/index.js'
import { tensorflowInstalled } from '../../node/trainer/backend-verdict.js'
import type { Examples } from '../../protocols/training/contract.js'
import type { BenchGroup, BenchOptions, BenchResult } from './contract.js'
import { median } from './median.js'
import { measureTfjs } from './tfjs.js'
import { createSameSteps } from './train/same-steps.js'
import { againstStock, startStock, type Stock } from './train/stock.js'

const BATCH = 32
/** Each figure is the median of so many, taken in turns with its references. */
const TURNS = 5
const STOCK = 'mlp:128 on stock tfjs'
/** The bare loop's own name: it does what the trainer does, without it. */
const SAME_STEPS = 'the same steps in a bare loop of tfjs'
const optimizer = { kind: 'sgd', learningRate: 0.05, momentum: 0.9 } as const

interface Contender {
  readonly name: string
  /** Examples of one turn. */
  readonly samples: number
  readonly run: () => Promise<void>
}

/** Samples per second of each, taken in turns so that a slow moment of the machine meets all; `STOCK` among them. */
const rates = async (
  contenders: readonly Contender[],
  { turns, signal, stock }: { readonly turns: number; readonly signal: AbortSignal; readonly stock: Stock },
): Promise<Measured> => {
  const taken = new Map<string, number[]>(
    [STOCK, ...contenders.map(({ name }) => name)].map((name) => [name, []]),
  )
  for (let turn = -1; turn < turns; turn++) {
    const stockRate = await stock.turn()
    if (turn >= 0) taken.get(STOCK)!.push(stockRate)
    for (const { name, samples, run } of contenders) {
      signal.throwIfAborted()
      const began = performance.now()
      await run()
      // The first turn compiles.
      if (turn >= 0) taken.get(name)!.push((1000 * samples) / (performance.now() - began))
    }
  }
  return taken
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

/** Samples per second of each turn. */
type Measured = ReadonlyMap<string, readonly number[]>

const lineOf = (
  rate: Measured,
  name: string,
  { reference, times }: { readonly reference: string; readonly times?: number },
): BenchResult => {
  const [value, compared] = [median(rate.get(name)!), median(rate.get(reference)!)]
  const ratio = value / compared
  return {
    ...{ group: 'train', name: `${name}, against ${reference}`, value, unit: 'samples/s' },
    ...{ reference: compared, ratio },
    goal: times === undefined ? null : `≥ ${times} ×`,
    met: times === undefined ? null : ratio >= times,
  }
}

const measure = async (
  examples: Examples,
  { quick, signal, stock }: Pick<BenchOptions, 'quick' | 'signal'> & { readonly stock: Stock },
): Promise<readonly BenchResult[]> => {
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
    const bare = await createSameSteps(examples, { batch: BATCH, optimizer })
    const contenders = [
      await contender('mlp:128 compiled', mlp, 1, 'compiled', steps),
      await contender('mlp:128 compiled, two threads', mlp, 2, 'compiled', steps),
      await contender('mlp:128 through our trainer on wasm', mlp, 1, 'wasm', slowSteps),
      {
        name: SAME_STEPS,
        samples: slowSteps * BATCH,
        run: () => Promise.resolve(bare.run(slowSteps)),
      },
      await contender('cnn compiled', cnn, 1, 'compiled', slowSteps),
      await contender('cnn on wasm', cnn, 1, 'wasm', quick ? 1 : 5),
      ...(tensorflowInstalled()
        ? [await contender('mlp:128 on tfjs-node', mlp, 1, 'tensorflow', slowSteps)]
        : []),
    ]
    return tableOf(await rates(contenders, { turns: quick ? 1 : TURNS, signal, stock }))
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
  }
}

const tableOf = (rate: Measured): readonly BenchResult[] => {
  const compiled = (name: string, least: number): readonly BenchResult[] =>
    againstStock({ group: 'train', name, value: median(rate.get(name)!), stock: rate.get(STOCK)!, least })
  return [
    ...compiled('mlp:128 compiled', 78_000),
    ...compiled('mlp:128 compiled, two threads', 140_000),
    ...compiled('cnn compiled', 4_000),
    ...(rate.has('mlp:128 on tfjs-node')
      ? [lineOf(rate, 'mlp:128 compiled', { reference: 'mlp:128 on tfjs-node' })]
      : []),
    lineOf(rate, 'cnn compiled', { reference: 'cnn on wasm' }),
    lineOf(rate, 'mlp:128 through our trainer on wasm', { reference: SAME_STEPS, times: 0.95 }),
  ]
}

/** How fast models train: compiled kernels, our tfjs backend, and tfjs alone. */
export const train: BenchGroup = {
  name: 'train',
  summary: 'training mlp:128 and cnn in batches of 32: compiled kernels against tfjs',
  async run(options) {
    const { quick, tell } = options
    const examples = renderDigits({ split: 'train', seed: 1 }, everyIndex(quick ? 128 : 2048))
    const stock = await startStock(options)
    try {
      const kernels = await measureTfjs(options, stock)
      tell('training mlp:128 and cnn, SGD with momentum, batches of 32 generated digits')
      return [...kernels, ...(await measure(examples, { ...options, stock }))]
    } finally {
      stock.stop()
    }
  },
}
