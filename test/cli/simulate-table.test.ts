import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { finalTable } from '../../node/cli/simulate/results-table.js'
import { createProgress } from '../../node/cli/simulate/progress.js'
import { cellsOf, varyingKeys } from '../harness/sweep/index.js'
import { resultRecord } from '../sweep/fake-cell.js'

const values = (key: string, ...all: readonly (string | number)[]) => ({
  option: `--${key}`,
  values: all.map((value) => ({ text: String(value), set: { [key]: value } })),
})

describe('the final table of a sweep', () => {
  const cells = cellsOf({ axes: [values('rule', 'mean', 'none'), values('seed', 1, 2)] })
  const result = (
    index: number,
    localAccuracyMean: number,
    roundsToTarget: number | null,
    bytesSentPerPeer = 3000,
  ) =>
    [
      cells[index]!.id,
      { ...resultRecord(cells[index]!.settings), localAccuracyMean, roundsToTarget, bytesSentPerPeer },
    ] as const
  const rows = (...results: readonly (readonly [string, ReturnType<typeof resultRecord>])[]) =>
    finalTable(cells, varyingKeys(cells), new Map(results)).map((line) => line.trim().split(/ {2,}/))

  it('puts seeds into one row: mean, and half the distance from least to most', () => {
    assert.deepEqual(
      // (0.9 + 0.8) / 2 = 0.85, (0.9 − 0.8) / 2 = 0.05; (12 + 15) / 2 = 13.5; (1000 + 2000) / 2 = 1500
      rows(result(0, 0.9, 12, 1000), result(1, 0.8, 15, 2000), result(2, 0.3, null), result(3, 0.3, 7)),
      [
        ['mean over 2 seeds, ± half the range'],
        ['rule', 'to target', 'local mean', 'local min', 'merged', 'consensus dist.', 'sent/peer', 'seconds'],
        ['mean', '13.5', '85.0 % ±5.0', '25.0 % ±0.0', '62.5 % ±0.0', '2.000', '1.50 kB', '1.0'],
        ['none', '7 (1 of 2)', '30.0 % ±0.0', '25.0 % ±0.0', '62.5 % ±0.0', '2.000', '3.00 kB', '1.0'],
      ],
    )
  })
  it('leaves out what has no result, and the spread of a single seed', () => {
    assert.deepEqual(rows(result(3, 0.5, null)).slice(1), [
      ['none', '–', '50.0 %', '25.0 %', '62.5 %', '2.000', '3.00 kB', '1.0'],
    ])
  })
  it('shows a dash for what is no number', () => {
    assert.equal(rows(result(0, NaN, null))[1]![2], '–')
  })
})

describe('the progress of a sweep', () => {
  it('is the share of all rounds, those of ended cells in full', () => {
    const cells = cellsOf({ base: { rounds: 10 }, axes: [values('seed', 1, 2)] })
    const lines: string[] = []
    const progress = createProgress(cells, {
      say: () => {},
      emit: () => {},
      progress: (line) => lines.push(line),
      endProgress: () => {},
      isTerminal: true,
    })
    progress.measured(cells[0]!.id, 5)
    progress.measured(cells[1]!.id, 3)
    // It failed after 5 of its 10 rounds.
    progress.ended(cells[0]!.id)
    // 5, 8 and 13 of 20 rounds.
    assert.deepEqual(
      lines.map((line) => /(\d+ %) {2}(\d of 2)/.exec(line)?.slice(1)),
      [
        ['25 %', '0 of 2'],
        ['40 %', '0 of 2'],
        ['65 %', '1 of 2'],
      ],
    )
  })
})
