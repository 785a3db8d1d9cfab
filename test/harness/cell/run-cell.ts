import { ConfigError } from '../../../protocols/errors.js'
import {
  checkTopology,
  createEdgeListTopology,
  createTopology,
  edgeListFile,
  type Topology,
} from '../../../protocols/topology/index.js'
import { layoutOf } from '../../../node/trainer/index.js'
import { runSynchronousCell } from './baselines/synchronous.js'
import { peerNames } from '../swarm/peer.js'
import type { Training } from '../training/contract.js'
import { createRealTraining, partData } from '../training/real.js'
import { createToyTraining } from '../training/toy.js'
import { createComings } from '../world/churn.js'
import { createCuts } from '../world/partitions.js'
import { nobody, runGossipCell } from './gossip-cell.js'
import type { CellRecord, ResultRecord, RoundRecord } from './records.js'
import { createRecorder } from './recorder.js'
import { gossips } from './relevance.js'
import type { CellSettings } from './settings.js'

export interface RunCellOptions {
  /** Called in order; the `cell` record first. */
  readonly onRecord: (record: CellRecord | RoundRecord) => void
  /** Training threads; 0: in this thread. */
  readonly threads: number
  /** Stops the cell; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Everything that can be wrong with a cell, before anything is started: topology, scenario, model, data.
 * @throws TopologyError, ConfigError, DatasetError, TrainerError
 */
export const checkCell = async (settings: CellSettings): Promise<void> => {
  checkScenario(settings)
  if (settings.trainer === 'toy') return
  const { dataset } = await partData(settings)
  layoutOf(settings.model, dataset.train.shape, dataset.train.classes)
}

/** What needs no data. @throws TopologyError, ConfigError */
const checkScenario = (settings: CellSettings): void => {
  const { peers, seed, baseline, churn, partitions } = settings
  const names = peerNames(peers)
  createCuts(partitions, names)
  createComings(churn, names, seed)
  if (gossips(settings)) checkTopology(topologyOf(settings), names)
  else if (baseline !== 'none' && baseline !== 'local') checkStill(settings)
}

/**
 * Simulates one cell.
 * @throws what `checkCell` throws; TrainerError DIVERGED; SimulationError STALLED when all peers are gone.
 */
export const runCell = async (settings: CellSettings, options: RunCellOptions): Promise<ResultRecord> => {
  const { onRecord, threads, signal } = options
  const { baseline } = settings
  checkScenario(settings)
  const recorder = createRecorder(settings, onRecord)
  let training: Training | undefined
  try {
    training = await trainingOf(settings, threads, signal)
    signal?.throwIfAborted()
    recorder.begin(training.labelCounts)
    const common = { settings, training, recorder, signal }
    return await (baseline === 'none' || baseline === 'local'
      ? runGossipCell({ ...common, topology: topologyOf(settings) })
      : runSynchronousCell(common))
  } catch (error) {
    // A pool that was closed by the signal rejects with an error of its own.
    signal?.throwIfAborted()
    throw error
  } finally {
    await training?.close()
  }
}

const topologyOf = (settings: CellSettings): Topology => {
  const { topology, edges, seed } = settings
  if (!gossips(settings)) return nobody
  return edges !== null && edgeListFile(topology) !== null
    ? createEdgeListTopology({ name: topology, text: edges })
    : createTopology(topology, seed)
}

const trainingOf = async (
  settings: CellSettings,
  threads: number,
  signal?: AbortSignal,
): Promise<Training> => {
  const { dimensions, seed, init, trainer } = settings
  const together = settings.baseline === 'centralised'
  const peers = together ? 1 : settings.peers
  if (trainer === 'toy') {
    return createToyTraining({ peers: settings.peers, dimensions, seed, init, together })
  }
  return createRealTraining({
    ...settings,
    ...{ peers, threads, signal },
    ...(together ? { partition: 'iid' } : {}),
  })
}

/** A round of the baselines has everyone in it. */
const checkStill = ({ baseline, churn, partitions }: CellSettings): void => {
  const { crashesPerMinute, leavesPerMinute } = churn.rates
  const still =
    churn.events.length === 0 && crashesPerMinute + leavesPerMinute === 0 && partitions.length === 0
  if (still) return
  throw new ConfigError(
    'BAD_VALUE',
    `baseline ${baseline} needs everyone in every round, but the scenario has churn or partitions. ` +
      'Leave these out, or the baseline. Nothing was started.',
    { baseline },
  )
}
