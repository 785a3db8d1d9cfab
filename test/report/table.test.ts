import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { studyOf } from '../harness/report/groups.js'
import { resultsTable } from '../harness/report/results-table.js'
import { cellRecords, type CellOutline } from './synthetic.js'

/** Texts of the body's cells, row by row, without tags; what stands below the mean after a slash. */
const bodyOf = (...outlines: readonly CellOutline[]): string[][] => {
  const { groups } = studyOf(outlines.flatMap(cellRecords))
  const { html } = resultsTable(
    groups.map((group) => ({ group, look: null })),
    '',
  )
  return html
    .slice(html.indexOf('<tbody>'))
    .split('</tr>')
    .slice(0, -1)
    .map((row) =>
      [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) =>
        cell!
          .replace(/<small>/g, ' / ')
          .replace(/<[^>]*>/g, '')
          .trim(),
      ),
    )
}

const mean = (seed: number, result: CellOutline['result']): CellOutline => ({
  settings: { rule: 'mean', seed, rounds: 40 },
  result: result!,
})
const corrected = (seed: number, result: CellOutline['result']): CellOutline => ({
  settings: { rule: 'variance-corrected', seed, rounds: 40 },
  result: result!,
})

describe('the table of results', () => {
  it('gives the mean over the seeds with its range, in units', () => {
    const [row] = bodyOf(
      mean(1, {
        ...{ roundsToTarget: 10, localAccuracyMean: 0.9, localAccuracyMin: 0.8, mergedAccuracy: 0.92 },
        ...{ consensusDistance: 1, bytesSentPerPeer: 1_000_000, virtualMs: 4000, seconds: 100 },
      }),
      mean(2, {
        ...{ roundsToTarget: 13, localAccuracyMean: 0.94, localAccuracyMin: 0.8, mergedAccuracy: 0.96 },
        ...{ consensusDistance: 2, bytesSentPerPeer: 1_400_000, virtualMs: 5000, seconds: 200 },
      }),
    )
    assert.deepEqual(row, [
      'all cells',
      '1, 2',
      '11.5 / 10 – 13', // (10 + 13) / 2
      '92.0 % / 90.0 – 94.0 %', // (0.9 + 0.94) / 2
      '80.0 %',
      '94.0 % / 92.0 – 96.0 %',
      '1.500 / 1.000 – 2.000',
      '1.20 MB / 1.00 – 1.40 MB',
      '4.5 s / 4.0 – 5.0 s',
      '2.5 min / 100.0 s – 3.3 min', // 150 s; 200 s = 3.33 min
    ])
  })

  it('says when the target was missed, by all seeds or by some', () => {
    const rows = bodyOf(
      mean(1, { roundsToTarget: null }),
      corrected(1, { roundsToTarget: 20 }),
      corrected(2, { roundsToTarget: null }),
    )
    assert.equal(rows[0]![2], 'not in 40')
    assert.equal(rows[1]![2], '20 / in 1 of 2 seeds')
  })

  it('marks the best of each column, higher accuracy and fewer bytes', () => {
    const rows = bodyOf(
      mean(1, { localAccuracyMean: 0.91, bytesSentPerPeer: 500 }),
      corrected(1, { localAccuracyMean: 0.9, bytesSentPerPeer: 400 }),
    )
    assert.equal(rows[0]![3], '91.0 % ★ best')
    assert.equal(rows[1]![3], '90.0 %')
    assert.equal(rows[0]![7], '500 B')
    assert.equal(rows[1]![7], '400 B ★ best')
    // All the same: nobody is best.
    assert.equal(rows[0]![5], '70.0 %')
  })

  it('lets nobody win the fewest rounds who missed the target with a seed', () => {
    const rows = bodyOf(
      mean(1, { roundsToTarget: 5 }),
      mean(2, { roundsToTarget: null }),
      corrected(1, { roundsToTarget: 30 }),
    )
    assert.equal(rows[0]![2], '5 / in 1 of 2 seeds')
    assert.equal(rows[1]![2], '30 ★ best')
  })

  it('counts cells that failed or did not end, and leaves them out of the means', () => {
    const failure = { code: 'X', message: 'x' }
    const [row] = bodyOf(
      mean(1, { localAccuracyMean: 0.8 }),
      { settings: { rule: 'mean', seed: 2, rounds: 40 }, failure },
      mean(3, false),
    )
    assert.equal(row![1], '1–3 / 1 failed, 1 unfinished')
    assert.equal(row![3], '80.0 %')
  })
})
