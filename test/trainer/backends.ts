import { createTrainer, TrainerError, type BackendChoice } from '../../node/trainer/index.js'
import { separable, sgd } from './separable.js'

/** The backends that start here: native TensorFlow only where it is installed. */
export const backendsHere = async (): Promise<readonly Exclude<BackendChoice, 'auto'>[]> => {
  const examples = separable(1, 1)
  try {
    const options = { model: 'softmax', train: examples, test: examples, optimizer: sgd, batch: 1, seed: 1 }
    const trainer = await createTrainer({ ...options, backend: 'tensorflow' })
    await trainer.close()
    return ['compiled', 'wasm', 'tensorflow']
  } catch (error) {
    if (error instanceof TrainerError && error.code === 'NO_BACKEND') return ['compiled', 'wasm']
    throw error
  }
}
