import type { RunConfiguration } from '../../protocols/run/index.js'
import { runIdOf } from '../../protocols/run/index.js'
import { saveModel } from '../store/index.js'
import { layoutOf } from '../trainer/index.js'
import { VERSION } from './version.js'

/** Saves a model with what `murmur eval` needs to use it. @throws StoreError; the file is whole or not there. */
export const saveRunModel = async (
  path: string,
  {
    configuration,
    weights,
    digest,
    peers,
  }: {
    readonly configuration: RunConfiguration
    readonly weights: Float32Array
    /** Digest of the weights, as the members compared it. */
    readonly digest: string
    /** Peers whose models are in it. */
    readonly peers: number
  },
): Promise<void> => {
  const { model, inputShape, classes } = configuration
  const layout = layoutOf(model, inputShape, classes)
  const runId = runIdOf(configuration)
  const createdBy = `murmuration ${VERSION}`
  await saveModel(path, {
    layout,
    weights,
    metadata: { model, inputShape, classes, runId, digest, peers, createdBy },
  })
}
