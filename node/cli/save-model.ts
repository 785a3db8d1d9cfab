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
    statistics,
    digest,
    peers,
  }: {
    readonly configuration: RunConfiguration
    readonly weights: Float32Array
    /**
     * Of the weights' normalised channels; a model with batch normalisation cannot be evaluated without. One that has none
     * may give none or empty ones.
     */
    readonly statistics?: Float32Array | undefined
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
    statistics,
    metadata: { model, inputShape, classes, runId, digest, peers, createdBy },
  })
}
