/** A cell that computes nothing, for tests of the sweep; `data` says how it behaves. Also loaded by its threads. */
import { isMainThread } from 'node:worker_threads'
import { ConfigError } from '../../protocols/errors.js'
import type { ResultRecord, RoundRecord } from '../harness/cell/records.js'
import { cellIdOf, parseSettings, type CellSettings } from '../harness/cell/settings.js'
import type { CellModule } from '../harness/sweep/index.js'

export const FAKE_CELL = import.meta.url

/** The settings of a fake cell. */
export const fakeSettings = (input: Readonly<Record<string, unknown>>): CellSettings =>
  parseSettings({ rounds: 3, ...input })

export const roundRecord = (cell: string, round: number): RoundRecord => ({
  type: 'round',
  cell,
  round,
  virtualMs: 100 * round,
  trainLoss: 1 / round,
  localAccuracyMean: 0.5,
  localAccuracyMin: 0.25,
  localAccuracyMax: 0.75,
  mergedAccuracy: 0.625,
  consensusDistance: 2,
  varianceRatio: { 'dense/kernel': 1 },
  bytesSentPerPeer: 1000 * round,
  peersAlive: 8,
})

export const resultRecord = (settings: CellSettings): ResultRecord => ({
  type: 'result',
  cell: cellIdOf(settings),
  rule: settings.rule,
  baseline: settings.baseline,
  topology: settings.topology,
  seed: settings.seed,
  peers: settings.peers,
  rounds: settings.rounds,
  roundsToTarget: null,
  localAccuracyMean: 0.5,
  localAccuracyMin: 0.25,
  mergedAccuracy: 0.625,
  consensusDistance: 2,
  bytesSentPerPeer: 3000,
  virtualMs: 300,
  nodeRoundsPerSecond: 10,
  samplesPerSecond: null,
  seconds: 1,
})

export const checkCell: CellModule['checkCell'] = ({ data }) =>
  data === 'idx:impossible'
    ? Promise.reject(new ConfigError('BAD_VALUE', 'data: idx:impossible. Nothing was started.'))
    : Promise.resolve()

export const runCell: CellModule['runCell'] = async (settings, { onRecord, threads, signal }) => {
  const cell = cellIdOf(settings)
  // Where it ran, so that a test can tell.
  const labelCounts = [[isMainThread ? 1 : 0, threads]]
  onRecord({ type: 'cell', cell, settings, labelCounts })
  for (let round = 1; round <= settings.rounds; round++) {
    onRecord(roundRecord(cell, round))
    // As long as the threads of one process are busy, messages of earlier rounds travel.
    await new Promise((resolve) => setImmediate(resolve))
  }
  switch (settings.data) {
    case 'fails':
      // A measurement that ends after the cell.
      setImmediate(() => onRecord(roundRecord(cell, 99)))
      throw new ConfigError('BAD_VALUE', 'this cell fails')
    case 'bug':
      throw new TypeError('nobody expected this')
    case 'dies':
      return process.exit(7)
    case 'hangs': {
      signal?.throwIfAborted()
      // Nothing else keeps this thread alive.
      const alive = setInterval(() => {}, 1000)
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => {
          clearInterval(alive)
          reject(signal.reason as Error)
        }),
      )
    }
    default:
      return resultRecord(settings)
  }
}
