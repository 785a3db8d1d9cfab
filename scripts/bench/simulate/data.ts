import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** Real digits, where they lie beside the project. */
const MNIST = resolve('../shared/data/mnist-9k')

/** What training is measured on: MNIST's images are mostly blank, which compiled training makes use of; generated ones are not. */
export const trainingData = (): { readonly source: string; readonly name: string } =>
  existsSync(MNIST)
    ? { source: `idx:${MNIST}`, name: 'MNIST' }
    : { source: 'digits', name: 'generated digits' }
