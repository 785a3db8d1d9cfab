import { hash32, createRandom } from '../../../protocols/random.js'
import type { OptimizerConfig } from '../../../protocols/training/contract.js'
import {
  DatasetError,
  labelCounts,
  loadDataset,
  parseDataSource,
  parsePartition,
  type LoadedDataset,
} from '../../../node/data/index.js'
import { createTrainerPool } from '../../../node/trainer/index.js'
import type { Trained, Training, Weights } from './contract.js'

export interface RealTrainingOptions {
  readonly peers: number
  /** digits, idx:DIR. */
  readonly data: string
  readonly partition: string
  readonly model: string
  readonly init: 'different' | 'same'
  readonly optimizer: OptimizerConfig
  readonly batch: number
  readonly seed: number
  /** Threads that train; 0: in this thread. */
  readonly threads: number
  readonly signal?: AbortSignal | undefined
}

/** The data of a run and which examples each peer has. */
export interface PartedData {
  readonly dataset: LoadedDataset
  readonly parts: readonly Uint32Array[]
  readonly labelCounts: readonly (readonly number[])[]
}

/**
 * Loads the data once and deals it out as peers would.
 * @throws DatasetError
 */
export const partData = async ({
  data,
  partition,
  peers,
  seed,
}: Pick<RealTrainingOptions, 'data' | 'partition' | 'peers' | 'seed'>): Promise<PartedData> => {
  const deal = parsePartition(partition)
  const dataset = await loadDataset(parseDataSource(data), { seed })
  if (dataset.test.count === 0) {
    throw new DatasetError(
      'TOO_FEW_EXAMPLES',
      `${data} has no held-out examples to measure with. Nothing was started. Use data with a test set.`,
      { data },
    )
  }
  const { labels, classes } = dataset.train
  const lists = deal(labels, { parts: peers, classes, random: createRandom(seed, 'partition') })
  return {
    dataset,
    parts: lists.map((list) => Uint32Array.from(list)),
    labelCounts: lists.map((list) => labelCounts(labels, list, classes)),
  }
}

/**
 * The trainers that peers use, one for each, spread over threads; the data in shared memory once, weights handed over
 * without copies. With compiled kernels one seed gives one result whatever the number of threads.
 * @throws DatasetError, TrainerError
 */
export const createRealTraining = async (options: RealTrainingOptions): Promise<Training> => {
  const { peers, seed, init } = options
  const { dataset, parts, labelCounts } = await partData(options)
  const pool = await createTrainerPool({
    model: options.model,
    train: dataset.train,
    test: dataset.test,
    parts,
    optimizer: options.optimizer,
    batch: options.batch,
    seeds: Array.from({ length: peers }, (_, peer) => hash32(`batches ${seed} ${peer}`)),
    threads: Math.min(options.threads, peers),
    ...(options.signal ? { signal: options.signal } : {}),
  })
  /**
   * By peer, what changes its optimizer's state, in the order of virtual time: training that waits for its weights must
   * not come after the reset of a restart that was asked for later. Never rejected.
   */
  const changes: (Promise<unknown> | undefined)[] = Array.from({ length: peers })
  return {
    layout: pool.layout,
    labelCounts,
    initial: (peer) =>
      handled(pool.trainer(peer).initialWeights(hash32(`initial ${seed} ${init === 'same' ? 'all' : peer}`))),
    train(peer, weights, steps): Promise<Trained> {
      const before = changes[peer]
      const training = (async () => {
        const from = await weights
        await before
        const { weights: trained, loss, samples } = await pool.trainer(peer).train({ weights: from, steps })
        return { weights: trained, loss, samples }
      })()
      changes[peer] = training.catch(() => {})
      return training
    },
    mix: (peer, { rule, contributions, catchUp }) =>
      handled(
        (async () => {
          const inputs = await Promise.all(
            contributions.map(async ({ from, weight, weights, since }) => ({
              ...{ from, weight, weights: await weights },
              ...(since ? { since: await since } : {}),
            })),
          )
          const { now, fraction } = catchUp
          return pool.trainer(peer).mix({
            ...{ rule, contributions: inputs },
            ...(fraction > 0 ? { catchUp: { now: await now, fraction } } : {}),
          })
        })(),
      ),
    evaluate: async (peer, weights) => pool.trainer(peer).evaluate(await weights),
    reset(peer) {
      const before = changes[peer]
      changes[peer] = (async () => {
        await before
        await pool.trainer(peer).reset()
      })().catch(() => {})
    },
    close: () => pool.close(),
  }
}

/** Whoever uses the weights learns of a failure; nobody may, and that is no reason for the process to end. */
const handled = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  return promise
}

export type { Weights }
