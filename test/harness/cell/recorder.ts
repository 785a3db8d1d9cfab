import type { CellRecord, ResultRecord, RoundRecord } from './records.js'
import { cellIdOf, type CellSettings } from './settings.js'

/** Numbers that both ways of simulating a cell hand in with each measurement. */
export type RoundFigures = Omit<RoundRecord, 'type' | 'cell'>

/** Turns figures into records, and the last of them into the result. */
export interface Recorder {
  begin(labelCounts: CellRecord['labelCounts']): void
  round(figures: RoundFigures): void
  /** @param samples examples that all peers trained on together. */
  end(totals: {
    readonly virtualMs: number
    readonly nodeRounds: number
    readonly samples: number
  }): ResultRecord
}

export const createRecorder = (
  settings: CellSettings,
  onRecord: (record: CellRecord | RoundRecord) => void,
): Recorder => {
  const cell = cellIdOf(settings)
  const startedMs = performance.now()
  let last: RoundFigures | undefined
  let roundsToTarget: number | null = null
  return {
    begin: (labelCounts) => onRecord({ type: 'cell', cell, settings, labelCounts }),
    round(figures) {
      last = figures
      if (roundsToTarget === null && figures.localAccuracyMean >= settings.target)
        roundsToTarget = figures.round
      onRecord({ type: 'round', cell, ...figures })
    },
    end({ virtualMs, nodeRounds, samples }) {
      const seconds = (performance.now() - startedMs) / 1000
      const { rule, baseline, topology, seed, peers, rounds, trainer } = settings
      const { localAccuracyMean, localAccuracyMin, mergedAccuracy, consensusDistance, bytesSentPerPeer } =
        last!
      return {
        ...{ type: 'result', cell, rule, baseline, topology, seed, peers, rounds, roundsToTarget },
        ...{
          localAccuracyMean,
          localAccuracyMin,
          mergedAccuracy,
          consensusDistance,
          bytesSentPerPeer,
          virtualMs,
        },
        nodeRoundsPerSecond: nodeRounds / seconds,
        samplesPerSecond: trainer === 'real' ? samples / seconds : null,
        seconds,
      }
    },
  }
}
