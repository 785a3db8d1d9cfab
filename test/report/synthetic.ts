import type { CellRecord, ResultRecord, RoundRecord, SimulationRecord } from '../harness/cell/records.js'
import { cellIdOf, parseSettings } from '../harness/cell/settings.js'

/** What a test says about a cell; the rest is filled in with values of no meaning. */
export interface CellOutline {
  /** As parseSettings takes them. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly labelCounts?: CellRecord['labelCounts']
  readonly rounds?: readonly Partial<RoundRecord>[]
  /** False: the cell has not ended. */
  readonly result?: Partial<ResultRecord> | false
  readonly failure?: { readonly code: string; readonly message: string }
}

/** The records of one cell in the order in which a cell emits them. */
export const cellRecords = (outline: CellOutline = {}): SimulationRecord[] => {
  const settings = parseSettings(outline.settings)
  const cell = cellIdOf(settings)
  const rounds = (outline.rounds ?? [{}]).map((given, index): RoundRecord => ({
    type: 'round',
    cell,
    round: index + 1,
    virtualMs: 100 * (index + 1),
    trainLoss: 1,
    localAccuracyMean: 0.5,
    localAccuracyMin: 0.4,
    localAccuracyMax: 0.6,
    mergedAccuracy: 0.7,
    consensusDistance: 2,
    varianceRatio: { dense: 1 },
    bytesSentPerPeer: 1000 * (index + 1),
    peersAlive: settings.peers,
    ...given,
  }))
  const first: CellRecord = { type: 'cell', cell, settings, labelCounts: outline.labelCounts ?? null }
  if (outline.failure !== undefined) return [first, ...rounds, { type: 'failure', cell, ...outline.failure }]
  if (outline.result === false) return [first, ...rounds]
  const { rule, baseline, topology, seed, peers } = settings
  const result: ResultRecord = {
    type: 'result',
    cell,
    ...{ rule, baseline, topology, seed, peers, rounds: settings.rounds },
    roundsToTarget: null,
    localAccuracyMean: 0.5,
    localAccuracyMin: 0.4,
    mergedAccuracy: 0.7,
    consensusDistance: 2,
    bytesSentPerPeer: 1000,
    virtualMs: 100,
    nodeRoundsPerSecond: 10,
    samplesPerSecond: null,
    seconds: 1,
    ...outline.result,
  }
  return [first, ...rounds, result]
}
