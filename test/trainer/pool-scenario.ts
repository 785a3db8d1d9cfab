import { createTrainerPool, type TrainerPool, type TrainerPoolOptions } from '../../node/trainer/index.js'
import { separable, sgd } from './separable.js'

export const train = separable(90, 1)
export const test = separable(40, 2)
/** Every fourth example, from a different start each. */
export const parts = [0, 1, 2, 3].map((start) => Uint32Array.from({ length: 20 }, (_, i) => start + 4 * i))
export const options: TrainerPoolOptions = {
  model: 'mlp:5',
  train,
  test,
  parts,
  optimizer: sgd,
  batch: 8,
  seeds: [11, 12, 13, 14],
  threads: 2,
}

/** Runs with a pool and closes it whatever happens. */
export const withPool = async (
  changes: Partial<TrainerPoolOptions>,
  run: (pool: TrainerPool) => Promise<void>,
): Promise<void> => {
  const pool = await createTrainerPool({ ...options, ...changes })
  try {
    await run(pool)
  } finally {
    await pool.close()
  }
}

/** The weights of every trainer after calls of unequal length that overlap, with evaluations and resets in between. */
export const interleaved = async (pool: TrainerPool): Promise<readonly Float32Array[]> => {
  const start = await pool.trainer(0).initialWeights(3)
  const chain = async (index: number): Promise<Float32Array> => {
    const trainer = pool.trainer(index)
    let weights = start
    for (let call = 0; call < 4; call++) {
      weights = (await trainer.train({ weights, steps: 1 + ((index + call) % 3) })).weights
      if (call === index) await trainer.evaluate(start)
      if (call === 2 && index === 1) await trainer.reset()
    }
    return weights
  }
  return Promise.all(parts.map((_, index) => chain(index)))
}
