import type { Examples } from '../../../protocols/training/contract.js'
import { loadShares, parseDataSource } from '../../data/index.js'
import { createModelMemory } from '../../kernels/model-memory.js'
import { peerIdOf, seededIdentity } from '../../network/index.js'
import { trainingSeed, type PeerTraining } from '../../peer.js'
import { createTrainerPool } from '../../trainer/index.js'
import type { ProcessSetup } from './messages.js'

/** What one peer trains with, and on. */
export interface DemoTraining extends PeerTraining {
  readonly index: number
  readonly identity: Uint8Array
  /** Of all peers of the process. */
  readonly train: Examples
  readonly test: Examples
  /** Of this peer's examples. */
  readonly labelCounts: readonly number[]
}

/**
 * The data of a process's peers, read once, and the threads that train them all: a thread of its own for each would load, compile and
 * collect the same things again, and there is no core for it. They end with the process.
 * @throws DatasetError, TrainerError
 */
export const startTraining = async ({
  configuration,
  indexes,
  ...setup
}: ProcessSetup): Promise<readonly DemoTraining[]> => {
  const { seed, model, optimizer, batch, minPeers } = configuration
  const { train, test, shares } = await loadShares(parseDataSource(setup.data), {
    ...{ seed, indexes, of: minPeers, partition: setup.partition },
  })
  const identities = indexes.map((index) => seededIdentity('demo', seed, index))
  const models = createModelMemory()
  const { backend = 'auto' } = setup
  const pool = await createTrainerPool({
    ...{ model, train, test, optimizer, batch, backend, models },
    parts: shares.map(({ examples }) => examples),
    seeds: identities.map((identity) => trainingSeed(configuration, peerIdOf(identity))),
    // Native TensorFlow runs in one thread of a process.
    threads: backend === 'tensorflow' ? 1 : setup.threads,
    yields: true,
  })
  return indexes.map((index, place) => ({
    ...{ index, train, test, models },
    identity: identities[place]!,
    labelCounts: shares[place]!.labelCounts,
    trainer: pool.trainer(place),
  }))
}
