import { limits } from '../../../protocols/limits.js'
import type { Layout } from '../../../protocols/model/index.js'
import type { Trainer } from '../../../protocols/training/contract.js'
import { FLOAT32_BYTES } from '../../../protocols/wire/index.js'
import { describeSnapshot, type Network } from '../../network/index.js'
import type { Snapshots } from '../snapshots.js'

/** All-to-all: this peer holds every frozen model. */
export interface WholeModels {
  /** Serves the own frozen model from now on. @returns its digest. */
  freeze(weights: Float32Array, samples: number): Promise<string>
  /** Whether the model arrived. Never rejects. */
  pull(from: string, digest: string): Promise<boolean>
  /** Every model counts the same. Mixing sorts by peer id, so every peer gets the same bits. @returns the digest. */
  average(roster: readonly string[]): Promise<string>
  readonly averaged: Float32Array | undefined
}

export const createWholeModels = ({
  self,
  trainer,
  network,
  snapshots,
  layout,
  signal,
}: {
  readonly self: string
  readonly trainer: Pick<Trainer, 'mix'>
  readonly network: Network
  readonly snapshots: Snapshots
  readonly layout: Layout
  readonly signal: AbortSignal
}): WholeModels => {
  /** By sender, the own among them. */
  const models = new Map<string, Float32Array>()
  /** Pulls under way: each ends as one more model. */
  let pulls = 0
  let averaged: Float32Array | undefined
  return {
    async freeze(weights, samples) {
      models.set(self, weights)
      const { bytes, leaves, digest } = await describeSnapshot(weights)
      const progress = {
        version: 0,
        round: 0,
        samples,
        degree: 0,
        finished: true,
        loss: null,
        accuracy: null,
      }
      snapshots.pin({ head: { ...progress, digest }, layout: layout.fingerprint, bytes, leaves })
      return digest
    },
    async pull(from, digest) {
      if ((models.size + pulls + 1) * layout.length * FLOAT32_BYTES > limits.mergeBytesMax) return false
      pulls += 1
      try {
        const snapshot = await network.pull({ from, request: { type: 'exact', digest }, layout, signal })
        if (snapshot) models.set(from, snapshot.weights)
        return snapshot !== null
      } catch {
        // A peer's fault or the network's: counted and reported where it happened.
        return false
      } finally {
        pulls -= 1
      }
    },
    async average(roster) {
      const weight = 1 / roster.length
      const contributions = roster.map((from) => ({ from, weights: models.get(from)!, weight }))
      averaged = await trainer.mix({ rule: 'mean', contributions })
      return (await describeSnapshot(averaged)).digest
    },
    get averaged() {
      return averaged
    },
  }
}
