import { checkOptions, type TrainerOptions } from './options.js'
import { startPool } from './pool.js'
import type { ThreadTrainer } from './thread-trainer.js'

/**
 * Starts a trainer in a thread of its own, so that training never holds up the caller's event loop: a pool of one.
 * Requests run one at a time in the order they came. Examples and weights on a SharedArrayBuffer are shared with the
 * thread; others are copied onto one, examples once, weights per call.
 * @throws TrainerError UNKNOWN_MODEL, BAD_MODEL, BAD_OPTION, NO_BACKEND, BACKEND_BUSY, CLOSED (by the signal),
 *   WORKER_FAILED
 */
export const createTrainer = async (options: TrainerOptions): Promise<ThreadTrainer> => {
  checkOptions(options)
  const { seed, backend = 'auto', ...rest } = options
  const everything = Uint32Array.from({ length: options.train.count }, (_, index) => index)
  const part = { parts: [everything], seeds: [seed] }
  const pool = await startPool({ ...rest, ...part, backend, threads: 1, yields: true })
  return { ...pool.trainer(0), close: () => pool.close() }
}
