import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createGrowingTable, finalTable } from '../../node/cli/simulate/results-table.js'
import { createTelling } from '../../node/cli/simulate/telling.js'
import { createProgress } from '../../node/cli/simulate/progress.js'
import { cellsOf, varyingKeys } from '../harness/sweep/index.js'
import { formats } from '../harness/report/numbers.js'
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
        ['to', 'local', 'local', 'merged', 'consensus', 'sent'],
        ['rule', 'target', 'mean %', 'min %', '%', 'distance', 'a peer'],
        ['mean', '13.5', '85.0 ±5.0', '25.0 ±0.0', '62.5 ±0.0', '2.000', '1.50 kB'],
        ['none', '7 (1/2)', '30.0 ±0.0', '25.0 ±0.0', '62.5 ±0.0', '2.000', '3.00 kB'],
        ['to target: rounds until the local mean is 90.0 %; – where it never was'],
      ],
    )
  })
  it('says how often it was looked for the target, where that was not after each round', () => {
    const note = (...axes: readonly ReturnType<typeof values>[]) => {
      const measured = cellsOf({ base: { evaluateEvery: 4 }, axes })
      const results = measured.map((cell) => [cell.id, resultRecord(cell.settings)] as const)
      return finalTable(measured, varyingKeys(measured), new Map(results)).at(-1)
    }
    assert.equal(
      note(),
      'to target: rounds until the local mean is 90.0 %, looked at every 4 rounds only; – where it never was',
    )
    assert.match(note(values('evaluateEvery', 4, 1))!, /, looked at in measured rounds only; –/)
  })
  it('leaves out what has no result, and the spread of a single seed', () => {
    assert.deepEqual(rows(result(3, 0.5, null)).slice(2, -1), [
      ['none', '–', '50.0', '25.0', '62.5', '2.000', '3.00 kB'],
    ])
  })
  it('shows a dash for what is no number', () => {
    assert.equal(rows(result(0, NaN, null))[2]![2], '–')
  })
})

describe('the tables of a sweep', () => {
  const wide = cellsOf({
    axes: [
      values('topology', 'ring', 'one-peer-exponential'),
      values('rule', 'mean', 'variance-corrected'),
      values('schedule', 'every:1', 'probability:0.2'),
      values('seed', 1, 2),
    ],
  })
  const keys = varyingKeys(wide)
  const resultOf = (cell: (typeof wide)[number]) => ({
    ...resultRecord(cell.settings),
    ...{ localAccuracyMean: 1, localAccuracyMin: 1, mergedAccuracy: 1, consensusDistance: 12_345.678 },
    ...{ bytesSentPerPeer: 123_456_789, seconds: 12_345, roundsToTarget: 999_999 },
  })
  const widest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length))

  it('are at most 100 columns wide, with what does not fit above the rows that have it in common', () => {
    const table = createGrowingTable(keys, wide)
    const lines = [...table.head, ...wide.flatMap((cell) => table.row(cell, resultOf(cell)))]
    assert.ok(widest(lines) <= 100, lines.join('\n'))
    assert.deepEqual(
      lines.filter((line) => line.endsWith(':')),
      ['topology ring:', 'topology one-peer-exponential:'],
    )
    assert.match(lines[3]!, /^mean +every:1 +1 +999999 +100\.0 +100\.0 +100\.0 +12345\.7 +123\.5 MB +12345$/)
    const final = finalTable(wide, keys, new Map(wide.map((cell) => [cell.id, resultOf(cell)])))
    assert.ok(widest(final) <= 100, final.join('\n'))
  })

  it('say once more what is above the rows when another cell came in between', () => {
    const table = createGrowingTable(keys, wide)
    const headings = [0, 8, 1].map((index) => table.row(wide[index]!, resultOf(wide[index]!))[0])
    assert.deepEqual(headings, ['topology ring:', 'topology one-peer-exponential:', 'topology ring:'])
  })

  it('have the settings that change most seldom first, and say what a dash for a setting means', () => {
    const mixed = cellsOf({
      axes: [values('baseline', 'none', 'fedavg'), values('rule', 'mean', 'none'), values('seed', 1, 2)],
    })
    const lines = finalTable(
      mixed,
      varyingKeys(mixed),
      new Map(mixed.map((cell) => [cell.id, resultRecord(cell.settings)])),
    )
    assert.deepEqual(
      lines.slice(2, -2).map((line) => line.split(/ {2,}/).slice(0, 2)),
      [
        ['baseline', 'rule'],
        ['none', 'mean'],
        ['none', 'none'],
        ['fedavg', '–'],
      ],
    )
    assert.equal(lines.at(-1), '– as a setting: it makes no difference to that row')
  })

  it('write distances that three decimals would hide or that are very large in short', () => {
    const [cell] = wide
    const shown = [0, 0.00012, 2.5, 150, 1e20, NaN].map((consensusDistance) => {
      const lines = createGrowingTable([], wide).row(cell!, { ...resultOf(cell!), consensusDistance })
      return lines.at(-1)!.trim().split(/ {2,}/)[4]
    })
    assert.deepEqual(shown, ['0.000', '1.2e-4', '2.500', '150.0', '1.0e+20', '–'])
  })

  it('write distances, bytes and rounds as the report does', () => {
    const [cell] = wide
    for (const value of [0.0004, 7, 99.5, 123.4, 4321]) {
      const figures = { consensusDistance: value, bytesSentPerPeer: value, roundsToTarget: value }
      const lines = createGrowingTable([], wide).row(cell!, { ...resultOf(cell!), ...figures })
      const texts = lines.at(-1)!.trim().split(/ {2,}/)
      const { count, distance, size } = formats
      assert.deepEqual([texts[0], texts[4], texts[5]], [count(value), distance(value), size(value)])
    }
  })
})

describe('what is said before a single cell', () => {
  const opening = (base: Record<string, unknown>): string => {
    const cells = cellsOf({ base: { peers: 6, ...base } })
    const lines: string[] = []
    const output = {
      say: (line = '') => void lines.push(line),
      emit: () => {},
      progress: () => {},
      endProgress: () => {},
      isTerminal: false,
    }
    createTelling({ cells, todo: cells, results: new Map(), args: [], output }).begin({ cores: 1 })
    return lines[0]!
  }
  it('names the topology only where somebody mixes', () => {
    assert.match(opening({ topology: 'ring', rule: 'mean' }), /, ring, mean, \d+ rounds/)
    assert.match(opening({ topology: 'ring', rule: 'none' }), /, rule none, \d+ rounds/)
    assert.doesNotMatch(opening({ topology: 'ring', rule: 'none' }), /ring|full/)
    assert.match(opening({ topology: 'ring', baseline: 'local' }), /, local, \d+ rounds/)
  })
})

describe('what is said after a single cell', () => {
  const closing = (roundsToTarget: number | null, base: Record<string, unknown> = {}): string => {
    const cells = cellsOf({ base })
    const [cell] = cells
    const results = new Map([[cell!.id, { ...resultRecord(cell!.settings), roundsToTarget }]])
    const lines: string[] = []
    const output = {
      say: (line = '') => void lines.push(line),
      emit: () => {},
      progress: () => {},
      endProgress: () => {},
      isTerminal: false,
    }
    createTelling({ cells, todo: cells, results, args: [], output }).summary()
    return lines.find((line) => line.includes('the local mean'))!
  }
  it('is when the target was reached, and how often that was looked at', () => {
    assert.equal(closing(8), 'the local mean reached 90.0 % after 8 rounds')
    assert.equal(
      closing(8, { evaluateEvery: 4 }),
      'the local mean reached 90.0 % after 8 rounds (looked at every 4 rounds only)',
    )
    assert.match(
      closing(null, { evaluateEvery: 4 }),
      /did not reach 90\.0 % in \d+ rounds \(looked at every 4/,
    )
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
